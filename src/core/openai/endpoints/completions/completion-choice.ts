import type { TokenLogprob } from '../../content/logprobs.ts';
import type { CompletionText } from './completion-answer.ts';

/** One choice of a legacy completion, whole or in a chunk. Keys in wire order. */
export interface CompletionChoice<Finish> {
  readonly text: string;
  readonly index: number;
  readonly logprobs: LegacyLogprobs | null;
  readonly finish_reason: Finish;
}

/** Log probabilities in columns. Not in wire.md: the names are those of the official API reference. */
interface LegacyLogprobs {
  readonly tokens: string[];
  readonly token_logprobs: number[];
  readonly top_logprobs: Record<string, number>[];
  readonly text_offset: number[];
}

/** Where each token begins, in characters. */
export interface Spoken {
  readonly token: string;
  readonly offset: number;
}

/** The tokens of a text with their places; those that stand for no text are left out. */
export function* spokenTokens({ text }: CompletionText): Iterable<Spoken> {
  let offset = 0;
  for (const token of text.pieces()) {
    if (token === '') continue;
    yield { token, offset };
    offset += token.length;
  }
}

/** The log probabilities of these tokens; null where none are asked for. */
export function legacyLogprobs(
  spoken: readonly Spoken[],
  logprobOf: ((token: string) => TokenLogprob) | undefined,
): LegacyLogprobs | null {
  if (logprobOf === undefined) return null;
  const drawn = spoken.map(({ token }) => logprobOf(token));
  return {
    tokens: drawn.map(({ token }) => token),
    token_logprobs: drawn.map(({ logprob }) => logprob),
    top_logprobs: drawn.map(({ top_logprobs: top }) => Object.fromEntries(top.map(({ token, logprob }) => [token, logprob]))),
    text_offset: spoken.map(({ offset }) => offset),
  };
}
