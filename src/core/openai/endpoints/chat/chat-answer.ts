import { BoundedMemo } from '../../../memo/bounded-memo.ts';
import { fork } from '../../../random.ts';
import { logprobsFrom, type TokenLogprob } from '../../content/logprobs.ts';
import { promptTokens } from '../../content/tokens.ts';
import type { ModelInfo } from '../../models/models.ts';
import { answeringModel } from '../../models/served-model.ts';
import { charge } from '../../request/charge.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { completionId, fingerprintId } from '../../wire/id.ts';
import { type Usage, usage } from '../../wire/usage.ts';
import { type ChatChoice, chatChoice, tokensOf } from './chat-content.ts';
import { type ChatOptions, chatOptions } from './chat-options.ts';

/** A healthy answer of chat completions, before it is put into JSON or a stream. */
export interface ChatAnswer extends CompletionContent, CompletionIdentity {}

/** What tells one answer from others that say the same. */
export interface CompletionIdentity {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
}

/** What an answer says, and how. */
export interface CompletionContent {
  readonly model: ModelInfo;
  readonly fingerprint: string | null;
  readonly serviceTier: ChatOptions['serviceTier'];
  readonly choices: readonly ChatChoice[];
  /** Of the choice with that index, token by token; undefined where the answer has none. */
  readonly logprobsOf: ((index: number) => (token: string) => TokenLogprob) | undefined;
}

/** The families whose answers name the configuration that made them (wire.md 3.1). */
const FINGERPRINTED = /^(?:ft:)?gpt-4(?:o|\.1)(?:-|$)/;

/** Makes up an answer to the request. */
export function chatAnswer(context: ReplyContext): ChatAnswer {
  return { ...completionIdentity(context), ...completionContent(context) };
}

export function completionIdentity({ clock, random }: ReplyContext): CompletionIdentity {
  const created = Math.floor(clock.wall() / 1_000);
  return { id: completionId('chatcmpl', created, random('id')), created };
}

/** Of what is said, the ids of function calls alone depend on the call and the attempt. */
export function completionContent(context: ReplyContext): CompletionContent {
  const { request, settings, identity } = context;
  const model = answeringModel(request, settings, 'gpt-4o');
  const wishes = chatOptions(context, model);
  const { topLogprobs: top } = wishes;
  return {
    model,
    fingerprint: fingerprintOf(model.id, model.snapshot, identity.organizationId),
    serviceTier: wishes.serviceTier,
    choices: choicesOf(wishes, context),
    logprobsOf: top === undefined ? undefined : (index) => logprobsFrom(top, context.textRandom('logprobs', index)),
  };
}

function choicesOf(wishes: ChatOptions, context: ReplyContext): readonly ChatChoice[] {
  const choices = new Array<ChatChoice>(wishes.choices);
  for (let index = 0; index < choices.length; index++) choices[index] = chatChoice(index, wishes, context);
  return choices;
}

/** Fingerprints that were drawn before, by organization and model. */
const fingerprints = new BoundedMemo<string, string>(1_000);

function fingerprintOf(id: string, snapshot: string, organizationId: string): string | null {
  if (!FINGERPRINTED.test(id)) return null;
  const key = `${organizationId} ${snapshot}`;
  return fingerprints.get(key, () => fingerprintId(fork(organizationId, 'fingerprint', snapshot)));
}

/** What the answer costs: its choices together. */
export function chatUsage({ model, choices }: CompletionContent, { request, settings, libraries }: ReplyContext): Usage {
  let completion = 0;
  let reasoning = 0;
  for (const choice of choices) {
    completion += tokensOf(choice.said);
    reasoning += choice.reasoning;
  }
  return usage(model.snapshot, { prompt: promptTokens(request, settings, libraries), completion, reasoning });
}

/** Notes what the answer costs. */
export function chargeAnswer(speech: CompletionContent, context: ReplyContext): void {
  if (context.bill === undefined) return;
  const { total_tokens: total, completion_tokens: completion, completion_tokens_details: details } = chatUsage(speech, context);
  charge(context, total, completion - details.reasoning_tokens);
}
