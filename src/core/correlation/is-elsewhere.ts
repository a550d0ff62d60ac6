import type { Target } from './target.ts';

/**
 * Whether a question that failed at one target may go on at the other. Another key alone is none where the scenario tells no
 * keys apart: then those who ask are rather others.
 */
export function isElsewhere(from: Target, to: Target, acrossKeys: boolean): boolean {
  if (from.provider !== to.provider || from.model !== to.model) return true;
  return acrossKeys && from.keyHash !== to.keyHash;
}
