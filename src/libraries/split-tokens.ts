import { lazily } from './load.ts';

const o200k = lazily<typeof import('gpt-tokenizer/encoding/o200k_base')>('#libraries/o200k_base');

/** The tokenizer is quadratic in the length of a run, so that longer ones are split first. In UTF-16 units. */
const MAX_RUN = 64;
const MAX_BLANK_RUN = 256;

const BLANKS: ReadonlySet<number> = new Set([
  0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f,
  0x3000, 0xfeff,
]);

/** Text in these characters, which the tokenizer takes for its own control tokens elsewhere, is ordinary text. */
const OPTIONS = { disallowedSpecial: new Set<string>() };

/**
 * The o200k_base tokens of a text, each as the text it stands for: together they are the text. Of the tokens that share
 * a character, the last stands for it and the others for nothing.
 */
export function splitTokens(text: string): string[] {
  const { encode, decode } = o200k();
  const tokens: string[] = [];
  for (const piece of boundedPieces(text)) {
    let at = 0;
    for (const token of encode(piece, OPTIONS)) {
      // Lone surrogates come back as U+FFFD: the lengths are right, the characters are taken from the text.
      const { length } = decode([token]);
      tokens.push(piece.slice(at, at + length));
      at += length;
    }
  }
  return tokens;
}

/** The text, cut only inside of runs that are too long, and never inside of a character. */
function* boundedPieces(text: string): Iterable<string> {
  let start = 0;
  let run = 0;
  let blankBefore = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const blank = isBlank(code);
    run = blank === blankBefore ? run + 1 : 1;
    blankBefore = blank;
    if (run > (blank ? MAX_BLANK_RUN : MAX_RUN) && !isLowSurrogate(code)) {
      yield text.slice(start, at);
      start = at;
      run = 1;
    }
  }
  yield text.slice(start);
}

/** What `\s` matches, which is where the tokenizer's own pattern cuts. */
function isBlank(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  return code === 0xa0 || (code >= 0x1680 && BLANKS.has(code));
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}
