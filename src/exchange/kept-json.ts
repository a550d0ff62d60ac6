import { hasTooManyValues } from './has-too-many-values.ts';

/** Longer bodies are not taken apart again, for the time that it takes. Bytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/** What a body that was kept says, in an object of its own; undefined for what is no JSON, or too much to be read again. */
export function keptJson(body: Uint8Array): { readonly value: unknown } | undefined {
  if (body.byteLength > MAX_BYTES || hasTooManyValues(body)) return undefined;
  try {
    return { value: JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()) };
  } catch {
    return undefined;
  }
}
