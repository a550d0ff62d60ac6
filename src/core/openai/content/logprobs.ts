import { below, type Random } from '../../random.ts';
import { utf8Bytes } from '../../text/utf8.ts';

/** A token and how likely it was: the natural logarithm of its probability, at most 0. */
interface Candidate {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: number[];
}

/** What `logprobs` tells of one token (wire.md 3.2). Keys in wire order. */
export interface TokenLogprob extends Candidate {
  readonly top_logprobs: Candidate[];
}

/** The `logprobs` of a choice (wire.md 3.2). */
export interface ChoiceLogprobs<Tokens = TokenLogprob[]> {
  readonly content: Tokens | null;
  readonly refusal: Tokens | null;
}

/** Words a model might have said instead. More than twenty, so that twenty others are always left. */
const WORDS = (
  'the a and to of in is it that this with for on as be not you we I are was or an at by can will one all there what ' +
  'from they but have your more when up'
).split(' ');

/** One token in ten is not the likeliest. */
const SURPRISE = 0.1;
/** Probability left to the other tokens, at least. */
const LEAST_REST = 1e-6;
/** Of the rest, what is listed has so much at most. */
const LISTED = 0.999;

/**
 * Makes up the log probabilities of one text, token by token: mostly sure of itself, the chosen token among the `top`
 * likeliest, which come in falling order.
 */
export function logprobsFrom(top: number, random: Random): (token: string) => TokenLogprob {
  return (token) => {
    const rank = top > 1 && random() < SURPRISE ? 1 : 0;
    const logprobs = falling(Math.max(top, rank + 1), random, rank === 0 ? 0.5 : 0.6);
    const others = otherTokens(token, top, random);
    const chosen = candidate(token, logprobs[rank] ?? 0);
    const likeliest = logprobs.slice(0, top).map((logprob, i) => {
      if (i === rank) return chosen;
      return candidate(others[i < rank ? i : i - 1] ?? '', logprob);
    });
    return { ...chosen, top_logprobs: likeliest };
  };
}

function candidate(token: string, logprob: number): Candidate {
  return { token, logprob, bytes: utf8Bytes(token) };
}

/** So many logarithms in falling order, of probabilities that add up to less than 1; `doubt` bounds what the first leaves. */
function falling(count: number, random: Random, doubt: number): number[] {
  const logprobs: number[] = [];
  let rest = LEAST_REST + doubt * random() ** 3;
  let last = 1 - rest;
  // What is left to others is more than rounding adds.
  rest *= LISTED;
  for (let i = 0; i < count; i++) {
    logprobs.push(Number(Math.log(last).toPrecision(8)));
    const next = Math.min(last * 0.9, rest * (0.3 + 0.4 * random()));
    rest -= next;
    last = next;
  }
  return logprobs;
}

/** Distinct tokens other than the chosen one, with a space before them where it has one. */
function otherTokens(token: string, count: number, random: Random): string[] {
  const space = token.startsWith(' ') ? ' ' : '';
  const start = below(random, WORDS.length);
  return WORDS.map((_, i) => space + WORDS[(start + i) % WORDS.length])
    .filter((other) => other !== token)
    .slice(0, count);
}
