import { messageOf } from '../core/text/message-of.ts';
import { lazily } from './load.ts';

const re2 = lazily<typeof import('re2js')>('#libraries/re2js');

/** Longest source that is compiled, in characters: the compiled program grows with it, and matching with the program. */
const MAX_SOURCE_LENGTH = 1_000;

/** Compiles an RE2 expression into a test for a match anywhere in the text. Flags: `i`, `m` and `s`, as in JavaScript. */
export function compileRegex(source: string, flags: string): (text: string) => boolean {
  const { RE2JS } = re2();
  if (source.length > MAX_SOURCE_LENGTH) {
    throw new Error(`the expression is ${source.length} characters long; at most ${MAX_SOURCE_LENGTH} are allowed`);
  }
  const bits: Readonly<Record<string, number>> = {
    i: RE2JS.CASE_INSENSITIVE,
    m: RE2JS.MULTILINE,
    s: RE2JS.DOTALL,
  };
  let mask = 0;
  for (const flag of flags) {
    const bit = bits[flag];
    if (bit === undefined) throw new Error(`unknown flag "${flag}"; the flags are i, m and s`);
    mask |= bit;
  }
  const compiled = compile(source, mask);
  return (text) => compiled.test(text);
}

function compile(source: string, mask: number): { test(text: string): boolean } {
  const { RE2JS } = re2();
  try {
    return RE2JS.compile(RE2JS.translateRegExp(source), mask);
  } catch (error) {
    const reason = messageOf(error);
    throw new Error(reason.replace(/^error parsing regexp: /, ''), {
      cause: error,
    });
  }
}
