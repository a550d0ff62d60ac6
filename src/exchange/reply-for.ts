import type { Plan } from '../core/plan/compile.ts';
import type { Facts } from '../core/plan/facts.ts';
import { appliesTo } from '../core/plan/match.ts';

/** The first entry of `replies` that speaks of the request; undefined where none does. The model does not call a tool again once it has the result. */
export function replyFor({ replies }: Pick<Plan, 'replies'>, facts: Facts): Plan['replies'][number] | undefined {
  return replies.find((reply) => (reply.spec.toolCalls === undefined || !facts.answersTool) && appliesTo(reply.matches, facts));
}
