import type { Write } from './effect.ts';

/** Some of the bytes of what is written. Its event ends with the last piece. */
export function pieceOf({ event, partOf }: Write, data: Uint8Array, last: boolean): Write {
  if (last) return { type: 'write', data, ...(event && { event }), ...(partOf && { partOf }) };
  const kind = event ?? partOf;
  return { type: 'write', data, ...(kind && { partOf: kind }) };
}
