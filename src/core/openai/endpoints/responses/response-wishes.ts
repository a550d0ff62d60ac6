import type { ModelInfo } from '../../models/models.ts';
import { asList, asRecord, type Fields } from '../../request/request.ts';
import { modelDefaults } from './response-model.ts';

/** A tool that the request offers: a function or a custom tool by its name, one of OpenAI's own by its type. */
export interface OfferedTool {
  readonly type: string;
  readonly name: string | undefined;
  /** The schema of the arguments of a function. */
  readonly parameters: unknown;
  /** The namespace that a function belongs to. */
  readonly namespace: string | undefined;
  readonly fields: Fields;
}

/** How the text of the answer has to look. */
type TextFormat = { readonly type: 'text' | 'json_object' } | { readonly type: 'json_schema'; readonly schema: unknown };

/** What a request asks of its response. Fields that make no sense are taken for absent. */
export interface ResponseWishes {
  /** The smaller of `max_output_tokens` and what the model can do; infinite without them. */
  readonly maxTokens: number;
  readonly format: TextFormat;
  readonly tools: readonly OfferedTool[];
  /** The tools that the request asks for: one of them must be called. Empty where none must. */
  readonly mustCall: readonly OfferedTool[];
  /** Tools of OpenAI's own are used: the request asks for one, or offers no others. */
  readonly hosted: OfferedTool | undefined;
  readonly reasons: boolean;
  readonly effort: unknown;
  readonly summarizes: boolean;
  readonly encrypts: boolean;
  /** Alternatives to tell for each token; undefined where no log probabilities are asked for. */
  readonly topLogprobs: number | undefined;
  readonly include: readonly unknown[];
}

/** Tokens of the longest answer of a model whose own limit is not known. */
const LONGEST_ANSWER = 128_000;
const MAX_TOP_LOGPROBS = 20;

/** Reads out of a request what it wishes of the model. */
export function responseWishes(fields: Fields, model: ModelInfo): ResponseWishes {
  const { max_output_tokens: most, reasoning, include, top_logprobs: top, store } = fields;
  const tools = offeredTools(fields['tools']);
  const mustCall = mustCallOf(fields['tool_choice'], tools);
  const { effort, summary, generate_summary: older } = asRecord(reasoning) ?? {};
  const included = asList(include);
  return {
    maxTokens: Math.min(isCount(most) ? most : Number.POSITIVE_INFINITY, model.maxOutputTokens ?? LONGEST_ANSWER),
    format: formatOf(asRecord(asRecord(fields['text'])?.['format'])),
    tools,
    mustCall: mustCall.filter(isOwn),
    hosted: mustCall.find((tool) => !isOwn(tool)) ?? (fields['tool_choice'] === 'none' ? undefined : onlyHosted(tools)),
    reasons: model.reasoning,
    effort: typeof effort === 'string' ? effort : modelDefaults(model).effort,
    summarizes: typeof (summary ?? older) === 'string',
    encrypts: store === false || included.includes('reasoning.encrypted_content'),
    topLogprobs:
      included.includes('message.output_text.logprobs') && !model.reasoning
        ? isCount(top)
          ? Math.min(top, MAX_TOP_LOGPROBS)
          : 0
        : undefined,
    include: included,
  };
}

/** Functions and custom tools are the caller's own; OpenAI runs the others. */
function isOwn({ type }: OfferedTool): boolean {
  return type === 'function' || type === 'custom';
}

const HOSTED: ReadonlySet<string> = new Set([
  'web_search',
  'web_search_2025_08_26',
  'web_search_preview',
  'web_search_preview_2025_03_11',
  'file_search',
  'code_interpreter',
  'image_generation',
  'mcp',
]);

function onlyHosted(tools: readonly OfferedTool[]): OfferedTool | undefined {
  return tools.every(({ type }) => HOSTED.has(type)) ? tools[0] : undefined;
}

function offeredTools(tools: unknown): readonly OfferedTool[] {
  return asList(tools).flatMap((each) => {
    const tool = asRecord(each) ?? {};
    if (tool['type'] !== 'namespace') return [offeredTool(tool, undefined)];
    const namespace = typeof tool['name'] === 'string' ? tool['name'] : undefined;
    return asList(tool['tools']).map((inner) => offeredTool(asRecord(inner) ?? {}, namespace));
  });
}

function offeredTool(fields: Fields, namespace: string | undefined): OfferedTool {
  const { type, name, parameters } = fields;
  return { type: String(type), name: typeof name === 'string' ? name : undefined, parameters, namespace, fields };
}

/** `tool_choice`: `required`, one tool by name or type, or some of them by `allowed_tools` with the mode `required`. */
function mustCallOf(choice: unknown, tools: readonly OfferedTool[]): readonly OfferedTool[] {
  if (choice === 'required') return tools;
  const { type, name, mode, tools: allowed, server_label: server } = asRecord(choice) ?? {};
  if (type === undefined) return [];
  if (type === 'allowed_tools') {
    return mode === 'required' ? asList(allowed).flatMap((each) => mustCallOf(each, tools)) : [];
  }
  if (type === 'mcp') return tools.filter((tool) => tool.type === 'mcp' && tool.fields['server_label'] === server);
  return tools.filter((tool) => tool.type === type && (tool.name === undefined || tool.name === name));
}

function formatOf(format: Fields | undefined): TextFormat {
  if (format?.['type'] === 'json_schema') return { type: 'json_schema', schema: format['schema'] ?? {} };
  return { type: format?.['type'] === 'json_object' ? 'json_object' : 'text' };
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1;
}
