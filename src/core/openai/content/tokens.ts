import type { Libraries } from '../../libraries.ts';
import type { AnswerSettings } from '../request/answer-settings.ts';
import { memoize } from '../request/body-memo.ts';
import { type Input, inputsOf, inputTexts, tokenIds } from '../request/inputs.ts';
import { type ApiRequest, asList, asRecord, fieldsOf } from '../request/request.ts';
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
  const inputs = inputsOf(request);
  const texts = inputs === undefined ? messageTexts(request) : inputTexts(inputs);
  const length = texts.reduce((total, text) => total + text.length, 0);
  const frame = inputs === undefined ? 3 * texts.length + 3 : tokenIds(inputs);
  if (mode === 'estimate' || length > MAX_EXACT_LENGTH) return Math.ceil(length / 4) + frame;
  return texts.reduce((total, text) => total + libraries.splitTokens(text).length, frame);
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
  // The choices of one answer often say the same.
  if (last?.text === text && last.mode === mode && last.libraries === libraries) return last.tokens;
  const tokens = split(text, mode, libraries);
  last = { text, mode, libraries, tokens };
  return tokens;
}

let last:
  | { readonly text: string; readonly mode: TokenMode; readonly libraries: Libraries; readonly tokens: TokenText }
  | undefined;

function split(text: string, mode: TokenMode, libraries: Libraries): TokenText {
  if (mode === 'estimate' || text.length > MAX_EXACT_LENGTH) return lazyTokenText(text, estimatedPieces);
  return tokenText(libraries.splitTokens(text));
}

function* estimatedPieces(text: string): Iterable<string> {
  for (const [piece] of text.matchAll(PIECE)) yield piece;
}

/** The text of each message; parts of a content that are not text are left out. */
export function messageTexts(request: ApiRequest): string[] {
  return asList(fieldsOf(request)['messages']).map(textOf);
}

/** The text of the last message of the user, or of the last input; empty when there is none. */
export function lastUserText(request: ApiRequest): string {
  const inputs = inputsOf(request);
  if (inputs !== undefined) return inputTexts(inputs).at(-1) ?? '';
  const messages = asList(fieldsOf(request)['messages']);
  return textOf(messages.findLast((message) => asRecord(message)?.['role'] === 'user'));
}

function textOf(message: unknown): string {
  const content = asRecord(message)?.['content'];
  if (typeof content === 'string') return content;
  let text = '';
  for (const part of asList(content)) {
    const fields = asRecord(part);
    if (fields?.['type'] === 'text' && typeof fields['text'] === 'string') text += fields['text'];
  }
  return text;
}
