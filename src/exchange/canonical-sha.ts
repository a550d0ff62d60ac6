import { hash } from 'node:crypto';
import { asRecord } from '../core/openai/request/request.ts';
import { hasMoreThan } from './has-more-than.ts';
import { keptJson } from './kept-json.ts';

/** The most colons and commas in a body that is read for its hash: what costs time is the number of its values. */
const MAX_VALUES = 40_000;
/** Comma and colon: each value but the first has one of them before it. */
const SIGNS = [0x2c, 0x3a];

/**
 * SHA-256 of a body as JSON with sorted keys and without `stream_options`; null when it is not JSON, or has too many values to
 * be sorted within 50 ms.
 */
export function canonicalSha(body: Uint8Array): string | null {
  if (hasMoreThan(MAX_VALUES, SIGNS, Buffer.from(body.buffer, body.byteOffset, body.byteLength))) return null;
  const json = keptJson(body);
  if (json === undefined) return null;
  const { stream_options: _ignored, ...rest } = asRecord(json.value) ?? {};
  return hash('sha256', JSON.stringify(asRecord(json.value) === undefined ? json.value : rest, sortKeys), 'hex');
}

function sortKeys(_key: string, value: unknown): unknown {
  const record = asRecord(value);
  return record === undefined ? value : Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
