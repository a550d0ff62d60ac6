import type { Clock } from '../core/clock.ts';
import type { Libraries } from '../core/libraries.ts';
import type { ReplySpec } from '../core/openai/answer-settings.ts';
import type { ReplyContext } from '../core/openai/context.ts';
import { type ApiRequest, fieldsOf } from '../core/openai/request.ts';
import type { Plan } from '../core/plan/compile.ts';
import type { Facts } from '../core/plan/facts.ts';
import { speaksOf } from '../core/plan/match.ts';
import { branch } from '../core/random.ts';
import { sha256 } from './incoming.ts';
import type { Received } from './record.ts';

/** The world in which a request is answered. */
export interface Surroundings {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly facts: Facts;
  readonly account: ReplyContext['account'];
}

/** Everything the reply to a request may depend on. */
export function replyContextOf(
  { incoming, request, recognition, requestId }: Received,
  { plan, clock, libraries, facts, account }: Surroundings,
): ReplyContext {
  const { seed, identity, settings, replies } = plan;
  let forkReply: ReplyContext['random'] | undefined;
  let forkText: ReplyContext['random'] | undefined;
  return {
    request,
    clock,
    libraries,
    identity,
    account,
    requestId,
    receivedAt: incoming.headersAt,
    settings: { ...settings, reply: replyFor(replies, facts) },
    random(...labels) {
      forkReply ??= branch(seed, 'reply', recognition.drawKey);
      return forkReply(...labels);
    },
    textRandom(...labels) {
      forkText ??= branch(seed, 'text', textKeyOf(request));
      return forkText(...labels);
    },
  };
}

/** What the first matching entry of `replies` says. The model does not call a tool again once it has the result. */
function replyFor(replies: Plan['replies'], facts: Facts): ReplySpec {
  const found = replies.find(
    ({ matches, spec }) => (spec.toolCalls === undefined || !facts.answersTool) && speaksOf(matches, facts),
  );
  return found?.spec ?? {};
}

/** Equal for requests that ask for the same, whether streamed or not. */
function textKeyOf(request: ApiRequest): string {
  const { stream: _stream, stream_options: _options, ...asked } = fieldsOf(request);
  try {
    return sha256(request.path + JSON.stringify(asked));
  } catch {
    // Nested too deeply to be written out again.
    return request.fingerprint;
  }
}
