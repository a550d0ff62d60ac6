import { z } from 'zod';
import { DIALECT_NAMES } from '../openai/dialects/dialect-name.ts';
import { speakers } from '../openai/request/said.ts';
import { record, scalar } from '../schema/fields.ts';
import { parseRange, type Range } from '../units/range.ts';

const pattern = () => z.string().min(1).describe('a glob, or a regular expression between slashes');

/** `">8000"`, `">=10"`, `"<5"`, `"<=5"`, `"100..200"`, `42` → the whole numbers it allows. */
function readCountTest(value: unknown): Range | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).replaceAll(' ', '');
  const [, operator, digits] = /^([<>]=?)(\d{1,15})$/.exec(text) ?? [];
  if (operator === undefined) return parseRange(text, readCount);
  const bound = Number(digits);
  if (operator === '>') return { from: bound + 1, to: Number.POSITIVE_INFINITY };
  if (operator === '>=') return { from: bound, to: Number.POSITIVE_INFINITY };
  return { from: 0, to: operator === '<' ? bound - 1 : bound };
}

/** Digits → a whole number. */
export function readCount(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** What may stand at a place of a body: a text is a pattern, all else is what it is. */
const bodyValue = z.union([pattern(), z.number(), z.boolean(), z.null()]);

export type BodyValue = z.output<typeof bodyValue>;

/** Which requests a rule or a reply speaks of; all conditions given must hold. */
export const matchSchema = record({
  endpoint: pattern().describe('the operation: chat.completions, models, …'),
  dialect: z.enum(DIALECT_NAMES).describe('the API that is spoken: below /openai/ it is that of Azure'),
  method: pattern(),
  path: pattern().describe('without the session prefix: /v1/chat/completions'),
  model: pattern(),
  key: pattern().describe('the API key'),
  stream: z.boolean(),
  header: z.record(z.string(), pattern()).describe('header name → pattern of its value'),
  prompt: pattern().describe('the text of the last user message'),
  user: pattern(),
  tokens: scalar<Range, string | number>('a count of tokens such as ">8000" or "100..200"', readCountTest, {
    type: ['string', 'number'],
    description: 'tokens of the prompt',
  }),
  has_tools: z.boolean(),
  body: z
    .record(z.string(), bodyValue)
    .describe('JSON Pointer → value at that place of the body; * stands for any element or member'),
  system: pattern().describe('the texts of system and developer messages, or the instructions'),
  last_role: z.enum(speakers).describe('who spoke last; developer is system'),
  turn: scalar<Range, string | number>('a turn such as 1, 2..3 or ">2"', readCountTest, {
    type: ['string', 'number'],
    description: 'which answer of the conversation is asked for: 1 is the first',
  }),
  tool_result: pattern().describe('the text of a tool result that the request ends with'),
  provider: pattern().describe('the service; that at /v1 is default'),
}).partial();

export type Match = z.output<typeof matchSchema>;
