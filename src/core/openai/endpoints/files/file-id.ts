import { pick, type Random } from '../../../random.ts';
import { BASE62 } from '../../../text/alphabets.ts';

/** `file-` + 22 characters (wire-responses.md 9). */
export function fileId(random: Random): string {
  return pick(random, BASE62, 22, 'file-');
}
