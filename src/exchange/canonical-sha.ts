import { hash } from 'node:crypto';
import { asRecord } from '../core/openai/request/request.ts';

/** SHA-256 of a body as JSON with sorted keys and without `stream_options`; null when it is not JSON. */
export function canonicalSha(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    const { stream_options: _ignored, ...rest } = asRecord(value) ?? {};
    return hash('sha256', JSON.stringify(asRecord(value) === undefined ? value : rest, sortKeys), 'hex');
  } catch {
    return null;
  }
}

function sortKeys(_key: string, value: unknown): unknown {
  const record = asRecord(value);
  return record === undefined ? value : Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
