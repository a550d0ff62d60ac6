import { fork } from '../random.ts';
import { type ChatChoice, chatChoice, tokensOf } from './chat-content.ts';
import { chatWishes } from './chat-request.ts';
import type { ReplyContext } from './context.ts';
import { completionId, fingerprintId } from './id.ts';
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
  readonly choices: readonly ChatChoice[];
}

/** The families whose answers name the configuration that made them (wire.md 3.1). */
const FINGERPRINTED = /^(?:ft:)?gpt-4(?:o|\.1)(?:-|$)/;

/** Makes up an answer to the request. */
export function chatAnswer(context: ReplyContext): ChatAnswer {
  const { request, settings, clock, identity } = context;
  const wishes = chatWishes(context);
  const id = modelOf(request) ?? 'gpt-4o';
  const model = modelInfo(id, settings) ?? modelNamed(id);
  const maxTokens = Math.min(wishes.maxTokens, model.maxOutputTokens ?? Number.POSITIVE_INFINITY);
  const created = Math.floor(clock.wall() / 1_000);
  return {
    id: completionId(created, context.random('id')),
    created,
    model,
    fingerprint: FINGERPRINTED.test(id) ? fingerprintId(fork(identity.organizationId, 'fingerprint', model.snapshot)) : null,
    choices: Array.from({ length: wishes.choices }, (_, index) => chatChoice(index, { ...wishes, maxTokens }, context)),
  };
}

/** What the answer costs: its choices together. */
export function chatUsage({ model, choices }: ChatAnswer, { request, settings, libraries }: ReplyContext): Usage {
  const completion = choices.reduce((total, { said }) => total + tokensOf(said), 0);
  return usage(model.snapshot, promptTokens(request, settings, libraries), completion);
}
