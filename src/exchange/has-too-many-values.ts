import { REQUEST_BOUNDS } from '../core/openai/request/request-bounds.ts';
import { hasMoreThan } from './has-more-than.ts';

const { members: MAX_MEMBERS, values: MAX_VALUES } = REQUEST_BOUNDS;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** Signs that come with each member, object and list: `:`, `{` and `[`. */
const OPENERS: ReadonlySet<number> = new Set([0x3a, 0x7b, 0x5b]);

/** Whether a body in JSON has more members, objects and lists, or more values, than are read. It need not be good JSON. */
export function hasTooManyValues(bytes: Uint8Array): boolean {
  if (bytes.length <= MAX_MEMBERS) return false;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Signs in texts count here, too: most bodies have few even so.
  if (!hasMoreThan(MAX_MEMBERS, [...OPENERS], buffer) && !hasMoreThan(MAX_VALUES, [COMMA], buffer)) return false;
  let [members, commas] = [0, 0];
  for (let at = 0; at < buffer.length; at++) {
    const sign = buffer[at] ?? 0;
    if (sign === QUOTE) at = endOfText(buffer, at);
    else if (OPENERS.has(sign)) members += 1;
    else if (sign === COMMA) commas += 1;
    if (members > MAX_MEMBERS || commas > MAX_VALUES) return true;
  }
  return false;
}

/** Where the text ends that begins there; the end of the body where it does not. */
function endOfText(buffer: Buffer, start: number): number {
  for (let at = buffer.indexOf(QUOTE, start + 1); at >= 0; at = buffer.indexOf(QUOTE, at + 1)) {
    let backslashes = 0;
    while (buffer[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return buffer.length;
}
