import { hash } from 'node:crypto';
import { asRecord } from '../core/openai/request/request.ts';

/** Longest body that is read for its hash, in bytes, and the most colons and commas in it: what costs time is the number of its values. */
const MAX_BYTES = 4 * 1024 * 1024;
const MAX_VALUES = 40_000;

/**
 * SHA-256 of a body as JSON with sorted keys and without `stream_options`; null when it is not JSON, or has too many values to
 * be sorted within 50 ms.
 */
export function canonicalSha(body: Uint8Array): string | null {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (bytes.length > MAX_BYTES || !hasAtMost(MAX_VALUES, bytes)) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString());
    const { stream_options: _ignored, ...rest } = asRecord(value) ?? {};
    return hash('sha256', JSON.stringify(asRecord(value) === undefined ? value : rest, sortKeys), 'hex');
  } catch {
    return null;
  }
}

function hasAtMost(most: number, bytes: Buffer): boolean {
  // Each value but the first has one of them before it.
  if (bytes.length <= most) return true;
  let count = 0;
  for (const sign of [',', ':']) {
    for (let at = bytes.indexOf(sign); at >= 0; at = bytes.indexOf(sign, at + 1)) {
      count += 1;
      if (count > most) return false;
    }
  }
  return true;
}

function sortKeys(_key: string, value: unknown): unknown {
  const record = asRecord(value);
  return record === undefined ? value : Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
