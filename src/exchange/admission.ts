import { applyFaults, type BoundFault } from '../core/faults/bound-fault.ts';
import type { Amounts, Draw, LimitResult } from '../core/limits/buckets.ts';
import { accountLimits, type LimitSpec } from '../core/limits/limit-spec.ts';
import { refusalAnswer } from '../core/limits/refusal.ts';
import { requestCost } from '../core/limits/request-cost.ts';
import { spentTokens } from '../core/limits/spent-tokens.ts';
import type { ErrorAnswer } from '../core/openai/errors/error.ts';
import { limitedModel } from '../core/openai/rate-limits/rate-limit-headers.ts';
import type { RateLimitAccount } from '../core/openai/request/rate-limit-account.ts';
import type { ReplyContext } from '../core/openai/request/reply-context.ts';
import type { ApiRequest } from '../core/openai/request/request.ts';
import { deepest, type Plan } from '../core/plan/compile.ts';
import { limitFor } from '../core/plan/limits.ts';
import { shortened } from '../core/text/shortened.ts';
import type { Reply } from '../core/wire/effect.ts';
import { sha256 } from './incoming.ts';

/** Characters of a family that are shown. No name of a model is longer. */
const SHOWN_FAMILY = 100;

/** A request that comes before the buckets of an account, which the name stands for. */
export interface LimitDraw {
  readonly name: string;
  readonly draw: Draw;
  readonly spec: LimitSpec;
}

/** What the buckets said to a request. */
export interface Admission {
  readonly account: RateLimitAccount;
  /** The 429, when a bucket refuses. */
  readonly refusal: ErrorAnswer | undefined;
}

/** What the request comes before. Undefined where nothing limits it. */
export function limitedRequest(request: ApiRequest, limits: Plan['limits']): LimitDraw | undefined {
  const found = limitFor(limits, request, limitedModel(request));
  if (found === undefined) return undefined;
  const { spec, pattern, keyPattern, changes } = found.limit;
  const { precount, failedRequestsCount, window } = spec.options;
  const { capacities, inFlight } = accountLimits(spec, found.family, changes);
  return {
    // Hashed, for keys are not kept and names may be of any length.
    name: sha256([pattern, request.key ?? '', found.family, ...(keyPattern === undefined ? [] : [keyPattern])].join('\u0000')),
    draw: {
      capacities,
      ...(inFlight === undefined ? {} : { inFlight }),
      ...(window === 'fixed' ? { isFixed: true as const } : {}),
      cost: requestCost(request, precount),
      refusedDraws: failedRequestsCount,
      holder: { entry: found.entry, family: shortened(found.family, SHOWN_FAMILY), keyHash: request.keyHash },
    },
    spec,
  };
}

/** The answer of the buckets in the words of OpenAI. `wallMs`: milliseconds since the epoch. */
export function admissionOf(
  { spec: { tier, options }, draw: { cost } }: LimitDraw,
  taken: LimitResult,
  { request, organizationId, wallMs }: { request: ApiRequest; organizationId: string; wallMs: number },
): Admission {
  const { projectTokens } = options;
  const hints = { ...options.hints, retryAfterMs: options.hints.retryAfterMs ?? request.dialect.hints.retryAfterMs };
  const account = { buckets: taken.buckets, asked: cost.tokens, projectTokens, hints, free: tier === 'free' };
  return { account, refusal: taken.refusal && refusalAnswer(taken.refusal, { request, cost, account, organizationId, wallMs }) };
}

/** What goes back when faults apply: what was drawn, if they keep the request from the api layer. */
export function refundForFaults(
  faults: readonly BoundFault[],
  { drawn }: LimitResult,
  { refusedDraws, context }: { refusedDraws: boolean; context: ReplyContext },
): Amounts | undefined {
  if (!getsThrough(faults, context)) return drawn;
  return faults.some(({ fault }) => fault.refusesByLimit) ? beyondRefusal(drawn, refusedDraws) : undefined;
}

/** What goes back when a healthy answer is over. */
export function unusedOf({ spec, draw }: LimitDraw, taken: LimitResult, context: ReplyContext): Amounts | undefined {
  if (!spec.options.refundUnused || taken.refusal !== undefined) return undefined;
  const unused = Math.max(0, draw.cost.tokens - spentTokens(context));
  return { tokens: unused, tokens_per_day: unused };
}

/** What an admitted request drew beyond what a refused one draws. */
function beyondRefusal({ requests, tokens, ...perDay }: Amounts, refusedDraws: boolean): Amounts {
  return refusedDraws ? perDay : { requests, tokens, ...perDay };
}

/** Whether the request takes a place among those that are served at the same time. */
export function takesPlace(
  { draw }: Pick<LimitDraw, 'draw'>,
  faults: readonly BoundFault[],
  context: () => ReplyContext,
): boolean {
  return draw.inFlight !== undefined && (faults.length === 0 || getsThrough(faults, context()));
}

/** Whether the request gets past the faults to the api layer: whether any of them asks for the answer, or gives one of that layer. */
function getsThrough(faults: readonly BoundFault[], context: ReplyContext): boolean {
  if (deepest(faults) === 'api') return true;
  let asked = false;
  const answer: Reply = {
    [Symbol.iterator]: () => {
      asked = true;
      return [][Symbol.iterator]();
    },
  };
  for (const { type } of applyFaults(answer, faults, context)) {
    if (asked || type === 'hang' || type === 'reset' || type === 'reset_stream' || type === 'close') break;
  }
  return asked;
}
