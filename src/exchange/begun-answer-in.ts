import { begunAnswerLength } from '../core/openai/request/question.ts';
import { asRecord, type Fields } from '../core/openai/request/request.ts';
import { keptJson } from './kept-json.ts';

const MARK = '"assistant"';

/** See `begunAnswerLength`. `fields` are those of the body as far as they are at hand: where another process has read it, few are. */
export function begunAnswerIn(body: Uint8Array, fields: Fields): number | null {
  if (fields['messages'] !== undefined || fields['input'] !== undefined) return begunAnswerLength(fields);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return bytes.includes(MARK) ? begunAnswerLength(asRecord(keptJson(bytes)?.value) ?? {}) : null;
}
