import { logprobsFrom, type TokenLogprob } from '../../content/logprobs.ts';
import { prose } from '../../content/prose.ts';
import { scriptedText } from '../../content/scripted-text.ts';
import { concatenated, firstTokens, type TokenText, tokenText, untilStop } from '../../content/token-text.ts';
import { inTokens, promptTokens } from '../../content/tokens.ts';
import type { ModelInfo } from '../../models/models.ts';
import { answeringModel } from '../../models/served-model.ts';
import type { FinishReason } from '../../request/answer-settings.ts';
import { charge } from '../../request/charge.ts';
import { isCount, isText } from '../../request/field-values.ts';
import { inputsOf } from '../../request/prompt.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import type { Input } from '../../request/request.ts';
import { asList, fieldsOf } from '../../request/request.ts';
import { completionId } from '../../wire/id.ts';
import { DEFAULT_MAX_TOKENS } from './completions-error.ts';

/** One text of a legacy completion; with `echo` the prompt stands before it. */
export interface CompletionText {
  readonly index: number;
  readonly text: TokenText;
  /** Tokens of the completion alone. */
  readonly tokens: number;
  readonly finishReason: LegacyFinish;
}

/** A healthy answer of legacy completions, before it is put into JSON or a stream. */
export interface CompletionAnswer {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly model: string;
  readonly texts: readonly CompletionText[];
  /** Of the text with that index, token by token; undefined where none are asked for. */
  readonly logprobsOf: ((index: number) => (token: string) => TokenLogprob) | undefined;
}

const DEFAULT_PROMPT = '<|endoftext|>';
const MAX_CHOICES = 128;
const MAX_LOGPROBS = 5;

/** What answers in the name of an alias (wire.md 3.5). */
const SNAPSHOTS: Readonly<Record<string, string>> = { 'gpt-3.5-turbo-instruct': 'gpt-3.5-turbo-instruct:20230824-v2' };

type LegacyFinish = Extract<FinishReason, 'stop' | 'length' | 'content_filter'>;

/** Makes up an answer to the request: `n` texts for every prompt. */
export function completionAnswer(context: ReplyContext): CompletionAnswer {
  const { request, settings, clock } = context;
  const model = answeringModel(request, settings, 'gpt-3.5-turbo-instruct');
  const { n, logprobs } = fieldsOf(request);
  const each = isCount(n, 1) ? Math.min(n, MAX_CHOICES) : 1;
  const prompts = inputsOf(request) ?? [DEFAULT_PROMPT];
  const created = Math.floor(clock.wall() / 1_000);
  const top = isCount(logprobs, 0) ? Math.min(logprobs, MAX_LOGPROBS) : undefined;
  return {
    id: completionId('cmpl', created, context.random('id')),
    created,
    model: SNAPSHOTS[model.snapshot] ?? model.snapshot,
    texts: prompts.flatMap((prompt, at) =>
      Array.from({ length: each }, (_, i) => completionText({ index: at * each + i, prompt, model }, context)),
    ),
    logprobsOf: top === undefined ? undefined : (index) => logprobsFrom(top, context.textRandom('logprobs', index)),
  };
}

/** What the answer costs: every prompt once, its texts together. */
export function completionUsage({ texts }: CompletionAnswer, { request, settings, libraries }: ReplyContext) {
  const prompt = promptTokens(request, settings, libraries);
  const completion = texts.reduce((total, { tokens }) => total + tokens, 0);
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

/** Notes what the answer costs. */
export function chargeCompletion(answer: CompletionAnswer, context: ReplyContext): void {
  if (context.bill === undefined) return;
  const { total_tokens: total, completion_tokens: completion } = completionUsage(answer, context);
  charge(context, total, completion);
}

interface Wanted {
  readonly index: number;
  readonly prompt: Input;
  readonly model: ModelInfo;
}

function completionText({ index, prompt, model }: Wanted, context: ReplyContext): CompletionText {
  const { settings, libraries, request } = context;
  const { max_tokens: asked, stop, echo } = fieldsOf(request);
  const random = context.textRandom('choice', index);
  const whole = scriptedText(context, random) ?? prose({ random, mode: settings.tokens, libraries });
  const stopped = untilStop(whole, (typeof stop === 'string' ? [stop] : asList(stop)).filter(isText));
  const limit = Math.min(isCount(asked, 0) ? asked : DEFAULT_MAX_TOKENS, model.maxOutputTokens ?? Number.POSITIVE_INFINITY);
  const text = firstTokens(stopped, limit);
  return {
    index,
    text: echo === true ? concatenated([echoOf(prompt, context), text]) : text,
    tokens: text.tokens,
    finishReason: legacyFinish(settings.reply.finishReason) ?? (text.tokens < stopped.tokens ? 'length' : 'stop'),
  };
}

/** The prompt as text; tokens that came as ids are not known as text. */
function echoOf(prompt: Input, { settings, libraries }: ReplyContext): TokenText {
  return typeof prompt === 'string' ? inTokens(prompt, settings.tokens, libraries) : tokenText([]);
}

/** The reasons that only chat knows are left out. */
function legacyFinish(reason: FinishReason | undefined): LegacyFinish | undefined {
  return reason === 'tool_calls' || reason === 'function_call' ? undefined : reason;
}
