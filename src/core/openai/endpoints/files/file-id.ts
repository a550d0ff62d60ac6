import { pick, type Random } from '../../../random.ts';

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `file-` + 22 characters (wire-responses.md 9). */
export function fileId(random: Random): string {
  return pick(random, ALPHANUMERIC, 22, 'file-');
}
