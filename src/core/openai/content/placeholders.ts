import { firstUnits } from '../../text/first-units.ts';
import type { ReplySpec } from '../request/answer-settings.ts';
import { asList, asRecord } from '../request/request.ts';

/** What a text of a reply may have put in from its request. */
const PLACEHOLDERS = ['model', 'prompt', 'turn', 'tool_result', 'key'] as const;

/** What each stands for. */
export type PlaceholderValues = Readonly<Record<(typeof PLACEHOLDERS)[number], string>>;

const PLACEHOLDER = new RegExp(`\\{\\{(${PLACEHOLDERS.join('|')})\\}\\}`, 'g');

/** UTF-16 units that are put into the texts of one reply at most; what is beyond is left out. */
const MAX_FILLED = 1_000_000;

/** Whether a text of the reply has a placeholder. */
export function hasPlaceholder(spec: ReplySpec): boolean {
  let isFound = false;
  withTexts(spec, (text) => {
    isFound ||= text.search(PLACEHOLDER) >= 0;
    return text;
  });
  return isFound;
}

/** The reply with its placeholders replaced, once each: a value is text, whatever stands in it. */
export function withPlaceholdersFilled(spec: ReplySpec, values: PlaceholderValues): ReplySpec {
  let left = MAX_FILLED;
  return withTexts(spec, (text) =>
    text.replace(PLACEHOLDER, (_whole, name: keyof PlaceholderValues) => {
      const value = firstUnits(values[name], left);
      left -= value.length;
      return value;
    }),
  );
}

/** The reply with each of its texts changed: names of tools and of fields are none. */
function withTexts(spec: ReplySpec, change: (text: string) => string): ReplySpec {
  const { content, refusal, json, toolCalls, reasoningSummary } = spec;
  return {
    ...spec,
    ...(content !== undefined && { content: change(content) }),
    ...(refusal !== undefined && { refusal: change(refusal) }),
    ...(reasoningSummary !== undefined && { reasoningSummary: change(reasoningSummary) }),
    ...(json !== undefined && { json: withTextsIn(json, change) }),
    ...(toolCalls !== undefined && {
      toolCalls: toolCalls.map((call) => ({ ...call, arguments: withTextsIn(call.arguments, change) })),
    }),
  };
}

function withTextsIn(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return asList(value).map((each) => withTextsIn(each, change));
  const fields = asRecord(value);
  if (fields === undefined) return value;
  return Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, withTextsIn(each, change)]));
}
