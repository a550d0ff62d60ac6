import type { Clock } from '../core/clock.ts';
import type { BoundFault } from '../core/faults/bound-fault.ts';
import type { Libraries } from '../core/libraries.ts';
import type { ErrorAnswer } from '../core/openai/errors/error.ts';
import type { ReplyContext } from '../core/openai/request/reply-context.ts';
import { lostError } from '../core/openai/store/lost-error.ts';
import type { Plan } from '../core/plan/compile.ts';
import { admissionOf } from './admission.ts';
import { type Decision, isUnmatched } from './decision-step.ts';
import { type Draws, drawsOf } from './draws.ts';
import type { Prepared } from './prepare.ts';
import { replyContextOf } from './reply-context-of.ts';
import { nothingToSay } from './unmatched-reply.ts';

/** What an answer is made of. */
export interface ResponseInput {
  /** Undefined when the service answers. */
  readonly refusal: ErrorAnswer | undefined;
  readonly context: ReplyContext;
}

/** The world in which a request is answered. */
interface World extends Pick<ReplyContext, 'batched' | 'keep' | 'bill'> {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly libraries: Libraries;
}

/** How a request is answered as it was decided on. */
export function buildResponse(
  { step, facts, error, limited }: Prepared,
  { correlation, elapsedMs, limit, applied, faults, draws, choice, found }: Decision & { readonly draws?: Draws | undefined },
  { plan, clock, libraries, batched, keep, bill }: World,
): ResponseInput {
  const { organizationId } = plan.identity;
  const admission =
    limited && limit && admissionOf(limited, limit, { request: step.request, organizationId, wallMs: clock.wall() });
  const refusal =
    admission?.refusal ?? error ?? (found && lostError(found)) ?? (isUnmatched(step, choice) ? nothingToSay(facts) : undefined);
  const context = replyContextOf(step, {
    plan,
    clock,
    libraries,
    facts,
    account: admission?.account,
    draws: draws ?? drawsOf(plan.seed, correlation.drawKey),
    elapsedMs,
    choice,
    unchanged: applied === null,
    leastCalls: leastCallsOf(faults),
    found,
    batched,
    keep,
    bill,
  });
  return { refusal, context };
}

/** How many functions the answer has to call at least; undefined where it does not matter. */
function leastCallsOf(faults: readonly BoundFault[]): number | undefined {
  let least: number | undefined;
  for (const { leastCalls } of faults) if (leastCalls !== undefined) least = Math.max(least ?? 0, leastCalls);
  return least;
}
