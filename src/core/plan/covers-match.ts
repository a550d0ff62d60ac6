import type { Libraries } from '../libraries.ts';
import type { Match } from '../scenario/match-schema.ts';
import { compilePattern, globCovers } from '../text/pattern.ts';
import type { Range } from '../units/range.ts';

/** Texts that every request has: `*` fits them all. */
const ALWAYS_THERE: readonly string[] = ['dialect', 'method', 'path', 'prompt'];

/** Whether every request that the narrow match fits is certain to fit the wide one. False where that is not known. */
export function coversMatch(wide: Match = {}, narrow: Match = {}, libraries: Libraries): boolean {
  const { header = {}, tokens, stream, has_tools: hasTools, turn, body = {}, ...texts } = wide;
  const given = lowerCased(narrow.header);
  return (
    (stream === undefined || stream === narrow.stream) &&
    (hasTools === undefined || hasTools === narrow.has_tools) &&
    coversRange(tokens, narrow.tokens) &&
    coversRange(turn, narrow.turn) &&
    Object.entries(body).every(([pointer, wanted]) => isSameValue(wanted, narrow.body?.[pointer])) &&
    Object.entries(lowerCased(header)).every(([name, pattern]) => coversText(pattern, given[name], libraries)) &&
    Object.entries(texts).every(([key, pattern]) => {
      const below = narrow[key as keyof Match];
      if (typeof pattern !== 'string') return pattern === undefined;
      if (ALWAYS_THERE.includes(key) && isStar(pattern)) return true;
      const cased = (text: unknown) => (key === 'method' && typeof text === 'string' ? text.toUpperCase() : text);
      return coversText(String(cased(pattern)), cased(below), libraries);
    })
  );
}

function isSameValue(wanted: unknown, below: unknown): boolean {
  return below !== undefined && wanted === below;
}

/** Whether the wide range, everything where there is none, has all of the narrow one. */
export function coversRange(wide: Range | undefined, narrow: Range | undefined): boolean {
  return wide === undefined || (narrow !== undefined && wide.from <= narrow.from && narrow.to <= wide.to);
}

/** What an expression fits is not worked out: it covers names and itself, and is covered by `*` and itself. */
function coversText(wide: string, narrow: unknown, libraries: Libraries): boolean {
  if (typeof narrow !== 'string') return false;
  return wide === narrow || isStar(wide) || globCovers(wide, narrow, compilePattern(wide, libraries));
}

function isStar(pattern: string): boolean {
  return /^\*+$/.test(pattern);
}

function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, pattern]) => [name.toLowerCase(), pattern]));
}
