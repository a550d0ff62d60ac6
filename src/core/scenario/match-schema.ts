import { z } from 'zod';
import { DIALECT_NAMES } from '../openai/dialects/dialect-name.ts';
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
}).partial();

export type Match = z.output<typeof matchSchema>;
