import type { Effect, Reply } from '../../../wire/effect.ts';
import { answerLatencyMs } from '../../content/latency.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { textReply } from '../../wire/json-reply.ts';
import { Success } from '../../wire/success.ts';
import { responseAnswer } from './response-answer.ts';
import { WITHOUT } from './response-headers.ts';
import { IdentityDraws, inSeconds } from './response-identity.ts';
import type { ResponseAnswer, ResponseIdentity } from './response-object.ts';
import { printOf } from './response-print.ts';
import { keepResponse } from './stored/keep-response.ts';

export const SUCCESS = new Success({ contentType: 'application/json', limited: true, without: WITHOUT });

/** A response in one piece (wire-responses.md 2), as late as its last token would have been. */
export function responseReply(context: ReplyContext): Reply {
  const answer = responseAnswer(context);
  const tokens = answer.items.reduce((total, item) => total + item.tokens, 0);
  const ms = answerLatencyMs(tokens, context);
  const createdMs = context.clock.wall();
  const print = () => {
    const identity = responseIdentity(answer, { createdMs, finishedMs: context.clock.wall() }, context);
    const text = printOf(answer).body(identity);
    keepResponse(answer, identity, { text }, context);
    return text;
  };
  return ms > 0 ? later(ms, print, context) : textReply(SUCCESS, print(), context);
}

function* later(ms: number, print: () => string, context: ReplyContext): Iterable<Effect> {
  yield { type: 'wait', ms };
  yield* textReply(SUCCESS, print(), context);
}

/** The ids and times of a response that was begun and finished then, in milliseconds since the epoch. Its items came one after the other in between. */
export function responseIdentity(
  answer: ResponseAnswer,
  { createdMs, finishedMs }: { readonly createdMs: number; readonly finishedMs: number },
  context: ReplyContext,
): ResponseIdentity {
  const draws = new IdentityDraws(answer.echo, context);
  const step = (finishedMs - createdMs) / (answer.items.length + 1);
  return {
    id: draws.response(createdMs),
    createdAt: inSeconds(createdMs),
    completedAt: inSeconds(finishedMs),
    items: answer.items.map((item, index) => draws.item(item, createdMs + step * (index + 1))),
  };
}
