import type { Plan } from '../core/plan/compile.ts';
import type { Facts } from '../core/plan/facts.ts';
import { type PlannedReply, speaksOf } from '../core/plan/planned-reply.ts';

/** The first entry of `replies` that speaks of the request, whether or not it has anything left to say; undefined where none does. */
export function replyFor({ replies }: Pick<Plan, 'replies'>, facts: Facts): PlannedReply | undefined {
  return replies.find((reply) => speaksOf(reply, facts));
}
