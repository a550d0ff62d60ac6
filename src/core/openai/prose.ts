import type { Libraries } from '../libraries.ts';
import { below, fork, type Random } from '../random.ts';
import { concatenated, firstTokens, type TokenText } from './token-text.ts';
import { inTokens, type TokenMode } from './tokens.ts';

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
const pools = new WeakMap<Libraries, Map<TokenMode, readonly Sentence[]>>();

/** Where prose comes from. */
export interface ProseSource {
  readonly random: Random;
  readonly mode: TokenMode;
  readonly libraries: Libraries;
}

/** Whole sentences, or as many tokens as given. */
export function prose(source: ProseSource, tokens?: number): TokenText {
  const { random } = source;
  const pool = poolOf(source);
  const wanted = tokens ?? SHORTEST + below(random, LONGEST - SHORTEST);
  const texts: TokenText[] = [];
  let total = 0;
  while (total < wanted) {
    const sentence = pool[below(random, pool.length)];
    if (sentence === undefined) throw new RangeError('the pool of sentences is empty');
    const text = texts.length === 0 ? sentence.opening : sentence.following;
    texts.push(text);
    total += text.tokens;
  }
  return tokens === undefined ? concatenated(texts) : firstTokens(concatenated(texts), tokens);
}

function poolOf({ mode, libraries }: ProseSource): readonly Sentence[] {
  let byMode = pools.get(libraries);
  if (byMode === undefined) pools.set(libraries, (byMode = new Map()));
  let pool = byMode.get(mode);
  if (pool === undefined) byMode.set(mode, (pool = sentences(mode, libraries)));
  return pool;
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
