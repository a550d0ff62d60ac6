import type { Libraries } from '../../libraries.ts';
import { memoize } from '../../memo/body-memo.ts';
import { perObject } from '../../memo/per-object.ts';
import { rememberLast } from '../../memo/remember-last.ts';
import type { AnswerSettings } from '../request/answer-settings.ts';
import { promptOf } from '../request/prompt.ts';
import { type ApiRequest, fieldsOf, type Input } from '../request/request.ts';
import { lazyTokenText, type TokenText, tokenText } from './token-text.ts';

export type TokenMode = AnswerSettings['tokens'];

/** Longer texts are estimated in `exact` mode too, so that a huge request cannot hold up the server. UTF-16 units. */
export const MAX_EXACT_LENGTH = 1_000_000;

/** At most eight letters or four signs, with the space before them. Every quantifier is bounded: linear in the text. */
const PIECE = /\s{0,16}(?:[\p{L}\p{M}\p{N}]{1,8}|[^\s\p{L}\p{M}\p{N}]{1,4})|\s{1,16}/gu;

/**
 * Tokens of the prompt, as `usage.prompt_tokens` tells them: 3 a message and 3 for the answer to begin, and for the
 * texts of the messages
 * - `estimate`: a quarter of their characters, rounded up;
 * - `exact`: their o200k_base tokens.
 * Images, tools and schemas do not count. Inputs without messages count without the 3, token ids one each.
 */
export function promptTokens(request: ApiRequest, { tokens }: { readonly tokens: TokenMode }, libraries: Libraries): number {
  const given = [request.endpoint, tokens, libraries];
  return memoize(request.memo, 'prompt tokens', given, () => countPromptTokens(request, tokens, libraries));
}

function countPromptTokens(request: ApiRequest, mode: TokenMode, libraries: Libraries): number {
  const { texts, otherTokens } = promptOf(request).content(fieldsOf(request));
  const length = texts.reduce((total, text) => total + text.length, 0);
  if (mode === 'estimate' || length > MAX_EXACT_LENGTH) return Math.ceil(length / 4) + otherTokens;
  return texts.reduce((total, text) => total + libraries.splitTokens(text).length, otherTokens);
}

/** Tokens of one input, counted as those of a prompt are. */
export function inputTokens(input: Input, mode: TokenMode, libraries: Libraries): number {
  if (typeof input !== 'string') return input.length;
  const isEstimated = mode === 'estimate' || input.length > MAX_EXACT_LENGTH;
  return isEstimated ? Math.ceil(input.length / 4) : libraries.splitTokens(input).length;
}

/**
 * A text of the answer in tokens.
 * - `estimate`: pieces of at most eight letters or digits, or four other signs, with the space before them;
 * - `exact`: o200k_base.
 */
export function inTokens(text: string, mode: TokenMode, libraries: Libraries): TokenText {
  return splitters(libraries)[mode](text);
}

/** The choices of one answer often say the same. */
const splitters = perObject((libraries: Libraries) => ({
  estimate: rememberLast((text: string) => split(text, 'estimate', libraries)),
  exact: rememberLast((text: string) => split(text, 'exact', libraries)),
}));

function split(text: string, mode: TokenMode, libraries: Libraries): TokenText {
  if (mode === 'estimate' || text.length > MAX_EXACT_LENGTH) return lazyTokenText(text, estimatedPieces);
  return tokenText(libraries.splitTokens(text));
}

function* estimatedPieces(text: string): Iterable<string> {
  for (const [piece] of text.matchAll(PIECE)) yield piece;
}

/** The text of the last message of the user, or of the last input; empty when there is none. */
export function lastUserText(request: ApiRequest): string {
  return promptOf(request).lastText(fieldsOf(request));
}
