import { rememberLast } from '../../memo/remember-last.ts';
import { pick, type Random } from '../../random.ts';
import { BASE62, HEX } from '../../text/alphabets.ts';

/** 2019-12-20T00:00:00Z, where the time in an id begins. Seconds. */
const EPOCH = 1_576_800_000;

/** `chatcmpl-` or `cmpl-` + 5 characters that tell the second of creation + 24 drawn ones (wire.md 3.1). */
export function completionId(prefix: 'chatcmpl' | 'cmpl', created: number, random: Random): string {
  return pick(random, BASE62, 24, `${prefix}-${base62(Math.max(0, created - EPOCH))}`);
}

/** `call_` + 24 characters (wire.md 3.1). */
export function toolCallId(random: Random): string {
  return pick(random, BASE62, 24, 'call_');
}

/** `fp_` + 10 hex digits (wire.md 3.1). */
export function fingerprintId(random: Random): string {
  return pick(random, HEX, 10, 'fp_');
}

/** The last 5 digits of the number in base 62: most often that of the same second as the last. */
export const base62 = rememberLast((value: number): string => {
  let digits = '';
  let rest = value;
  for (let i = 0; i < 5; i++) {
    digits = (BASE62[rest % 62] ?? '0') + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
});
