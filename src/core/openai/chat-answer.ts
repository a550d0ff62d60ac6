import { fork } from '../random.ts';
import { type ChatChoice, chatChoice, tokensOf } from './chat-content.ts';
import { type ChatWishes, chatWishes } from './chat-request.ts';
import type { ReplyContext } from './context.ts';
import { completionId, fingerprintId } from './id.ts';
import { logprobsFrom, type TokenLogprob } from './logprobs.ts';
import { type ModelInfo, modelInfo, modelNamed } from './models.ts';
import { modelOf } from './request.ts';
import { promptTokens } from './tokens.ts';
import { type Usage, usage } from './usage.ts';

/** A healthy answer of chat completions, before it is put into JSON or a stream. */
export interface ChatAnswer {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly model: ModelInfo;
  readonly fingerprint: string | null;
  readonly serviceTier: ChatWishes['serviceTier'];
  readonly choices: readonly ChatChoice[];
  /** Of the choice with that index, token by token; undefined where the answer has none. */
  readonly logprobsOf: ((index: number) => (token: string) => TokenLogprob) | undefined;
}

/** The families whose answers name the configuration that made them (wire.md 3.1). */
const FINGERPRINTED = /^(?:ft:)?gpt-4(?:o|\.1)(?:-|$)/;

/** Makes up an answer to the request. */
export function chatAnswer(context: ReplyContext): ChatAnswer {
  const { request, settings, clock, identity } = context;
  const id = modelOf(request) ?? 'gpt-4o';
  const model = modelInfo(id, settings) ?? modelNamed(id);
  const wishes = chatWishes(context, model);
  const { topLogprobs: top } = wishes;
  const created = Math.floor(clock.wall() / 1_000);
  return {
    id: completionId('chatcmpl', created, context.random('id')),
    created,
    model,
    fingerprint: FINGERPRINTED.test(id) ? fingerprintId(fork(identity.organizationId, 'fingerprint', model.snapshot)) : null,
    serviceTier: wishes.serviceTier,
    choices: Array.from({ length: wishes.choices }, (_, index) => chatChoice(index, wishes, context)),
    logprobsOf: top === undefined ? undefined : (index) => logprobsFrom(top, context.textRandom('logprobs', index)),
  };
}

/** What the answer costs: its choices together. */
export function chatUsage({ model, choices }: ChatAnswer, { request, settings, libraries }: ReplyContext): Usage {
  return usage(model.snapshot, {
    prompt: promptTokens(request, settings, libraries),
    completion: choices.reduce((total, { said }) => total + tokensOf(said), 0),
    reasoning: choices.reduce((total, { reasoning }) => total + reasoning, 0),
  });
}
