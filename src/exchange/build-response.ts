import type { Clock } from '../core/clock.ts';
import type { Libraries } from '../core/libraries.ts';
import type { ErrorAnswer } from '../core/openai/errors/error.ts';
import type { ReplyContext } from '../core/openai/request/reply-context.ts';
import type { Plan } from '../core/plan/compile.ts';
import { admissionOf } from './admission.ts';
import type { Decision } from './decision-step.ts';
import { drawsOf } from './draws.ts';
import type { Prepared } from './prepare.ts';
import type { Received } from './record.ts';
import { replyContextOf } from './reply-context-of.ts';

/** What an answer is made of. */
export interface ResponseInput {
  readonly received: Received;
  /** Undefined when the service answers. */
  readonly refusal: ErrorAnswer | undefined;
  readonly context: ReplyContext;
}

/** How a request is answered as it was decided on. */
export function buildResponse(
  { incoming, request, bodySha256, facts, error, limited }: Prepared,
  { correlation: recognition, limit: taken, applied }: Decision,
  { plan, clock, libraries }: { readonly plan: Plan; readonly clock: Clock; readonly libraries: Libraries },
): ResponseInput {
  const { organizationId } = plan.identity;
  const admission = limited && taken && admissionOf(limited, taken, { request, organizationId, wallMs: clock.wall() });
  const refusal = admission?.refusal ?? error;
  const { requestId, random } = drawsOf(plan.seed, recognition.drawKey);
  const received = { incoming, request, bodySha256, recognition, refusal, applied, requestId, random };
  const context = replyContextOf(received, { plan, clock, libraries, facts, account: admission?.account });
  return { received, refusal, context };
}
