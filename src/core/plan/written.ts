import { asList, asRecord } from '../openai/request/request.ts';
import { describeValue } from '../schema/fields.ts';

/** Text that YAML reads as it stands, and as text. */
const PLAIN = /^(?!(?:true|false|null)$)[\w/][\w ./%*+-]*(?<! )$/i;

/** A value of a scenario in one line, as it is written there: `{ limit: tokens, retry_after: 2s }`. Long texts are cut. */
export function written(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${asList(value).map(written).join(', ')}]`;
  const fields = asRecord(value);
  if (fields !== undefined) {
    const entries = Object.entries(fields).map(([key, item]) => `${written(key)}: ${written(item)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  const isPlain = typeof value === 'string' && value.length <= 60 && PLAIN.test(value) && Number.isNaN(Number(value));
  return isPlain ? value : describeValue(value);
}
