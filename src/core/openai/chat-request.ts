import type { ReplyContext } from './context.ts';
import { asList, asRecord, fieldsOf } from './request.ts';

/** A function that the request offers, and the schema of its arguments. */
interface FunctionTool {
  readonly name: string;
  readonly parameters: unknown;
}

/** How the answer's text has to look. */
type ResponseFormat = { readonly type: 'text' | 'json_object' } | { readonly type: 'json_schema'; readonly schema: unknown };

/** The most choices an answer has (wire.md 400-11). */
const MAX_CHOICES = 128;

/** What a chat request asks of its answer. Fields that make no sense are taken for absent. */
export interface ChatWishes {
  readonly choices: number;
  readonly stop: readonly string[];
  /** The smaller of `max_tokens` and `max_completion_tokens`; infinite without them. */
  readonly maxTokens: number;
  readonly format: ResponseFormat;
  /** The function that has to be called; `named` when the request says which. */
  readonly mustCall: { readonly tools: readonly FunctionTool[]; readonly named: boolean } | undefined;
}

/** Reads the wishes out of a request. */
export function chatWishes({ request }: ReplyContext): ChatWishes {
  const fields = fieldsOf(request);
  const { n, stop } = fields;
  return {
    choices: isCount(n) ? Math.min(n, MAX_CHOICES) : 1,
    stop: (typeof stop === 'string' ? [stop] : asList(stop)).filter(isText),
    maxTokens: Math.min(...[fields['max_tokens'], fields['max_completion_tokens']].filter(isCount)),
    format: formatOf(asRecord(fields['response_format'])),
    mustCall: mustCallOf(fields),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1;
}

function formatOf(format: Readonly<Record<string, unknown>> | undefined): ResponseFormat {
  if (format?.['type'] === 'json_schema')
    return {
      type: 'json_schema',
      schema: asRecord(format['json_schema'])?.['schema'] ?? {},
    };
  return { type: format?.['type'] === 'json_object' ? 'json_object' : 'text' };
}

/** `tool_choice`: `required`, one function by name, or some of them by `allowed_tools` with the mode `required`. */
function mustCallOf(fields: Readonly<Record<string, unknown>>): ChatWishes['mustCall'] {
  const choice = fields['tool_choice'];
  const tools = asList(fields['tools'])
    .map(functionOf)
    .filter((tool) => tool !== undefined);
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

function calling(tools: readonly FunctionTool[], named: boolean): ChatWishes['mustCall'] {
  return tools.length === 0 ? undefined : { tools, named };
}

function functionOf(tool: unknown): FunctionTool | undefined {
  const { name, parameters } = asRecord(asRecord(tool)?.['function']) ?? {};
  return typeof name === 'string' ? { name, parameters } : undefined;
}
