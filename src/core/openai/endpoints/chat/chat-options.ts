import type { ModelInfo } from '../../models/models.ts';
import { isCount, isText } from '../../request/field-values.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { asList, asRecord, fieldsOf } from '../../request/request.ts';

/** A function that the request offers, and the schema of its arguments. */
interface FunctionTool {
  readonly name: string;
  readonly parameters: unknown;
}

/** How the answer's text has to look. */
type ResponseFormat = { readonly type: 'text' | 'json_object' } | { readonly type: 'json_schema'; readonly schema: unknown };

/** How an answer was processed. */
type ServiceTier = 'default' | 'flex' | 'priority';

/** Tokens of the longest answer of a model whose own limit is not known. */
const LONGEST_ANSWER = 128_000;

/** The most choices an answer has (wire.md 400-11). */
const MAX_CHOICES = 128;
/** wire.md 5. */
const MAX_TOP_LOGPROBS = 20;

/** What a chat request asks of its answer. Fields that make no sense are taken for absent. */
export interface ChatOptions {
  readonly choices: number;
  readonly stop: readonly string[];
  /** The smallest of `max_tokens`, `max_completion_tokens` and what the model can do; infinite without them. */
  readonly maxTokens: number;
  readonly format: ResponseFormat;
  /** The function that has to be called; `named` when the request says which. */
  readonly mustCall: { readonly tools: readonly FunctionTool[]; readonly named: boolean } | undefined;
  /** Functions are offered as `functions` alone, so that a call is a `function_call`. */
  readonly legacyFunctions: boolean;
  /** Alternatives to tell for each token; undefined when no log probabilities are asked for, or the model has none. */
  readonly topLogprobs: number | undefined;
  /** The model thinks before it speaks. */
  readonly reasons: boolean;
  /** `reasoning_effort` as it came. */
  readonly effort: unknown;
  /** What `service_tier` of the answer says. */
  readonly serviceTier: ServiceTier;
}

/** Reads out of a request what it wishes of the model. */
export function chatOptions({ request, leastCalls = 0 }: ReplyContext, { reasoning, maxOutputTokens }: ModelInfo): ChatOptions {
  const fields = fieldsOf(request);
  const { n, stop, top_logprobs: top } = fields;
  const legacyFunctions = asList(fields['functions']).length > 0 && asList(fields['tools']).length === 0;
  return {
    choices: isCount(n, 1) ? Math.min(n, MAX_CHOICES) : 1,
    stop: stop === undefined ? NONE : (typeof stop === 'string' ? [stop] : asList(stop)).filter(isText),
    maxTokens: Math.min(
      countOf(fields['max_tokens']),
      countOf(fields['max_completion_tokens']),
      maxOutputTokens ?? LONGEST_ANSWER,
    ),
    format: formatOf(asRecord(fields['response_format'])),
    mustCall: legacyFunctions ? mustCallLegacy(fields) : (mustCallOf(fields) ?? (leastCalls > 0 ? mayCall(fields) : undefined)),
    legacyFunctions,
    topLogprobs: fields['logprobs'] === true && !reasoning ? (isCount(top, 1) ? Math.min(top, MAX_TOP_LOGPROBS) : 0) : undefined,
    reasons: reasoning,
    effort: fields['reasoning_effort'],
    serviceTier: serviceTierOf(fields['service_tier']),
  };
}

/**
 * Only `default` was captured (wire.md 3.2). That `flex` and `priority` are served as asked for, and `fast` as `priority`, is
 * what the reference of the field says; every other tier is answered as of a project without it.
 */
function serviceTierOf(asked: unknown): ServiceTier {
  if (asked === 'fast') return 'priority';
  return asked === 'flex' || asked === 'priority' ? asked : 'default';
}

const NONE: readonly never[] = [];

function countOf(value: unknown): number {
  return isCount(value, 1) ? value : Number.POSITIVE_INFINITY;
}

const TEXT: ResponseFormat = { type: 'text' };

function formatOf(format: Readonly<Record<string, unknown>> | undefined): ResponseFormat {
  if (format === undefined) return TEXT;
  if (format['type'] === 'json_schema')
    return {
      type: 'json_schema',
      schema: asRecord(format['json_schema'])?.['schema'] ?? {},
    };
  return { type: format['type'] === 'json_object' ? 'json_object' : 'text' };
}

/** `tool_choice`: `required`, one function by name, or some of them by `allowed_tools` with the mode `required`. */
function mustCallOf(fields: Readonly<Record<string, unknown>>): ChatOptions['mustCall'] {
  const choice = fields['tool_choice'];
  if (choice === undefined) return undefined;
  const tools = functionsOf(fields);
  if (choice === 'required') return calling(tools, false);
  const { type, function: named, allowed_tools: allowed } = asRecord(choice) ?? {};
  if (type === 'function') {
    const name = asRecord(named)?.['name'];
    return calling(
      tools.filter((tool) => tool.name === name),
      true,
    );
  }
  const { mode, tools: names } = asRecord(allowed) ?? {};
  if (type !== 'allowed_tools' || mode !== 'required') return undefined;
  const allowedNames = new Set(asList(names).map((tool) => functionOf(tool)?.name));
  return calling(
    tools.filter(({ name }) => allowedNames.has(name)),
    false,
  );
}

/** All functions that are offered. */
function mayCall(fields: Readonly<Record<string, unknown>>): ChatOptions['mustCall'] {
  return calling(functionsOf(fields), false);
}

function functionsOf(fields: Readonly<Record<string, unknown>>): readonly FunctionTool[] {
  return asList(fields['tools'])
    .map(functionOf)
    .filter((tool) => tool !== undefined);
}

/** `function_call` with a name; its other values leave the choice to the model. */
function mustCallLegacy(fields: Readonly<Record<string, unknown>>): ChatOptions['mustCall'] {
  const name = asRecord(fields['function_call'])?.['name'];
  const functions = asList(fields['functions']).map((entry) => functionOf({ function: entry }));
  return calling(
    functions.filter((tool) => tool !== undefined).filter((tool) => tool.name === name),
    true,
  );
}

function calling(tools: readonly FunctionTool[], named: boolean): ChatOptions['mustCall'] {
  return tools.length === 0 ? undefined : { tools, named };
}

function functionOf(tool: unknown): FunctionTool | undefined {
  const { name, parameters } = asRecord(asRecord(tool)?.['function']) ?? {};
  return typeof name === 'string' ? { name, parameters } : undefined;
}
