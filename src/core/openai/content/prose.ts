import type { Libraries } from '../../libraries.ts';
import { once } from '../../memo/once.ts';
import { perObject } from '../../memo/per-object.ts';
import { below, fork, type Random } from '../../random.ts';
import type { TokenText } from './token-text.ts';
import { inTokens, type TokenMode } from './tokens.ts';

/** As many as one-byte characters. */
const POOL_SIZE = 256;
/** Prose of no given length ends with the sentence that reaches a length between these, in tokens. */
const SHORTEST = 20;
const LONGEST = 45;

interface Sentence {
  /** As the first of a text, and as any other, with a space before it. */
  readonly opening: TokenText;
  readonly following: TokenText;
}

/** Sentences, made once: seeding a faker for every answer would cost more than the rest of the answer. */
const pools = perObject((libraries: Libraries) => ({
  estimate: once(() => sentences('estimate', libraries)),
  exact: once(() => sentences('exact', libraries)),
}));

/** Where prose comes from. */
export interface ProseSource {
  readonly random: Random;
  readonly mode: TokenMode;
  readonly libraries: Libraries;
}

/** Whole sentences, or as many tokens as given. */
export function prose(source: ProseSource, tokens?: number): TokenText {
  const { random, mode, libraries } = source;
  const pool = pools(libraries)[mode]();
  const wanted = tokens ?? SHORTEST + below(random, LONGEST - SHORTEST);
  const chosen: number[] = [];
  let total = 0;
  while (total < wanted) {
    const number = below(random, POOL_SIZE);
    total += sentenceOf(pool, number, chosen.length === 0).tokens;
    chosen.push(number);
  }
  return new Prose(pool, chosen, tokens ?? total);
}

/** The first tokens of sentences of the pool, one after the other. */
class Prose implements TokenText {
  readonly tokens: number;
  readonly #pool: readonly Sentence[];
  /** Their numbers, a character each: thousands of streams hold as many long texts. */
  readonly #chosen: string;

  constructor(pool: readonly Sentence[], chosen: readonly number[], tokens: number) {
    this.tokens = tokens;
    this.#pool = pool;
    this.#chosen = textOf(chosen);
  }

  get text(): string {
    const { length } = this.#chosen;
    let whole = '';
    let left = this.tokens;
    for (let i = 0; i < length; i++) {
      const sentence = this.#sentence(i);
      whole += left < sentence.tokens ? [...sentence.pieces()].slice(0, left).join('') : sentence.text;
      left -= sentence.tokens;
    }
    return whole;
  }

  *pieces(): Iterable<string> {
    let left = this.tokens;
    for (let i = 0; i < this.#chosen.length; i++) {
      for (const piece of this.#sentence(i).pieces()) {
        if (left === 0) return;
        yield piece;
        left -= 1;
      }
    }
  }

  #sentence(index: number): TokenText {
    return sentenceOf(this.#pool, this.#chosen.charCodeAt(index), index === 0);
  }
}

/** So many arguments any call can have. */
const MAX_ARGUMENTS = 4_096;

function textOf(codes: readonly number[]): string {
  if (codes.length <= MAX_ARGUMENTS) return String.fromCharCode(...codes);
  let text = '';
  for (let at = 0; at < codes.length; at += MAX_ARGUMENTS) text += textOf(codes.slice(at, at + MAX_ARGUMENTS));
  return text;
}

function sentenceOf(pool: readonly Sentence[], number: number, isFirst: boolean): TokenText {
  const sentence = pool[number];
  if (sentence === undefined) throw new RangeError(`the pool of sentences has no number ${number}`);
  return isFirst ? sentence.opening : sentence.following;
}

function sentences(mode: TokenMode, libraries: Libraries): readonly Sentence[] {
  const faker = libraries.createFaker(fork('prose'));
  const eager = (text: string) => {
    const { tokens, pieces } = inTokens(text, mode, libraries);
    const known = [...pieces()];
    return { text, tokens, pieces: () => known };
  };
  return Array.from({ length: POOL_SIZE }, () => {
    const phrase = faker.hacker.phrase();
    const text = phrase.charAt(0).toUpperCase() + phrase.slice(1);
    return { opening: eager(text), following: eager(` ${text}`) };
  });
}
