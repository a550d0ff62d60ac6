import { bytesOf } from './bytes.ts';
import type { Write } from './effect.ts';

/** All that is written, in one piece. */
export function joined(written: readonly Write[]): Uint8Array {
  const parts = written.map(({ data }) => bytesOf(data));
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
