import { below, pick, type Random } from '../../random.ts';
import { HEX } from '../../text/alphabets.ts';

/** A UUIDv4. */
export function uuidOf(random: Random): string {
  const digits = pick(random, HEX, 30);
  const variant = '89ab'[below(random, 4)] ?? '8';
  return dashed(`${digits.slice(0, 12)}4${digits.slice(12, 15)}${variant}${digits.slice(15)}`);
}

/** 32 hex digits as a UUID. */
export function dashed(digits: string): string {
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
}
