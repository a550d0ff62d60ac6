import type { Libraries } from '../libraries.ts';

/** Whether a text fits a pattern. */
export type Matcher = (text: string) => boolean;

const REGEX = /^\/(.+)\/([a-zA-Z]*)$/s;
const FLAGS = /^[ims]*$/;

/** A pattern written `/…/flags`, taken apart. Paths such as `/v1/chat/completions` have no valid flags and are globs. */
export function regexParts(pattern: string): { source: string; flags: string } | undefined {
  const match = REGEX.exec(pattern);
  const [, source, flags] = match ?? [];
  if (source === undefined || flags === undefined || !FLAGS.test(flags)) return undefined;
  return { source, flags };
}

/**
 * Compiles a glob (`*` any text, `?` one character, matched against the whole text) or `/…/` (an RE2 expression, found
 * anywhere in the text). Both run in time linear in the text. Throws an Error that says what is wrong with a regex.
 */
export function compilePattern(pattern: string, libraries: Libraries): Matcher {
  const regex = regexParts(pattern);
  if (regex !== undefined) return libraries.compileRegex(regex.source, regex.flags);
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  return (text) => globMatches(pattern, text);
}

/** Whether a pattern is more than one name. */
export function isWild(pattern: string): boolean {
  return regexParts(pattern) !== undefined || /[*?]/.test(pattern);
}

/** What each text that fits a pattern begins with; '' where that is not known. */
export function beginningOf(pattern: string): string {
  if (regexParts(pattern) !== undefined) return '';
  const wild = pattern.search(/[*?]/);
  return wild < 0 ? pattern : pattern.slice(0, wild);
}

/** The longest text without a wildcard that each text has in it that fits a pattern; '' where that is not known. */
export function longestPieceOf(pattern: string): string {
  if (regexParts(pattern) !== undefined) return '';
  return pattern.split(/[*?]/).reduce((longest, piece) => (piece.length > longest.length ? piece : longest), '');
}

/** Whether the wide pattern, compiled, is certain to fit all that the narrow one fits. False where that is not known. */
export function globCovers(wide: string, narrow: string, fits: Matcher): boolean {
  if (!isWild(narrow)) return fits(narrow);
  // A star takes the wildcards of the other pattern for text, and so whatever they stand for.
  const areGlobs = regexParts(wide) === undefined && regexParts(narrow) === undefined;
  return areGlobs && !wide.includes('?') && globMatches(wide, narrow);
}

/** Greedy two-pointer matching: on a mismatch only the last star is widened. */
export function globMatches(glob: string, text: string): boolean {
  let g = 0;
  let t = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (t < text.length) {
    if (glob[g] === '*') {
      starAt = g;
      resumeAt = t;
      g += 1;
    } else if (g < glob.length && (glob[g] === '?' || glob[g] === text[t])) {
      g += 1;
      t += 1;
    } else if (starAt >= 0) {
      g = starAt + 1;
      resumeAt += 1;
      t = resumeAt;
    } else {
      return false;
    }
  }
  while (glob[g] === '*') g += 1;
  return g === glob.length;
}
