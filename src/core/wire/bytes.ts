import { utf8Bytes } from '../text/utf8.ts';

/** What is written, as bytes. */
export function bytesOf(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? Uint8Array.from(utf8Bytes(data)) : data;
}
