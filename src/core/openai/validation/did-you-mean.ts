import { editDistance } from '../../text/suggest.ts';

/** Edits between a name and one that may have been meant, at most (wire-responses.md 5.2). */
const NEAR = 2;
/** Names beyond this length are near to none. */
const LONGEST = 64;

/**
 * The names that may have been meant: the nearest first, equally near ones by the alphabet. More than two were never seen
 * in an answer: of those the first two.
 */
export function namesMeant(found: string, candidates: Iterable<string>): readonly string[] {
  if (found.length > LONGEST) return [];
  const near: { readonly name: string; readonly distance: number }[] = [];
  for (const name of candidates) {
    if (Math.abs(name.length - found.length) > NEAR) continue;
    const distance = editDistance(found, name);
    if (distance <= NEAR) near.push({ name, distance });
  }
  near.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return near.slice(0, 2).map(({ name }) => name);
}
