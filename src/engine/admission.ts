import type { Clock } from '../core/clock.ts';
import { applyFaults } from '../core/faults/catalogue.ts';
import type { FaultCall } from '../core/faults/registry.ts';
import { type Amounts, createBuckets, type Draw } from '../core/limits/buckets.ts';
import { capacitiesOf, type LimitSpec } from '../core/limits/limit-spec.ts';
import { refusalAnswer } from '../core/limits/refusal.ts';
import { requestCost } from '../core/limits/request-cost.ts';
import { spentTokens } from '../core/limits/spent-tokens.ts';
import type { ReplyContext } from '../core/openai/context.ts';
import type { ErrorAnswer } from '../core/openai/error.ts';
import { limitedModel } from '../core/openai/rate-limit.ts';
import type { RateLimitAccount } from '../core/openai/rate-limit-account.ts';
import type { ApiRequest } from '../core/openai/request.ts';
import { type Plan, stepOf } from '../core/plan/compile.ts';
import { limitFor } from '../core/plan/limits.ts';
import type { Reply } from '../core/reply/effect.ts';
import { sha256 } from './incoming.ts';

/** A valid request that came before its buckets. */
export interface Admission {
  readonly account: RateLimitAccount;
  /** The 429, when a bucket refuses. */
  readonly refusal: ErrorAnswer | undefined;
  /** To be called when faults apply: what was drawn goes back if they keep the request from the api layer. */
  decided(decision: { readonly faults: readonly FaultCall[] }, context: ReplyContext): void;
  /** To be called when a healthy answer is over. */
  answered(context: ReplyContext): void;
}

/** Faults that stand for a refusal by a limit. */
const REFUSALS: ReadonlySet<string> = new Set(['rate_limit', 'request_too_large']);

/** Where requests meet limits: draws from the buckets of a session. */
export class Admissions {
  readonly #buckets = createBuckets();

  /** Draws what the request costs. Undefined where nothing limits it. */
  admit(request: ApiRequest, { limits, identity }: Plan, clock: Clock): Admission | undefined {
    const model = limitedModel(request);
    const found = limitFor(limits, request, model);
    if (found === undefined) return undefined;
    const { spec, pattern } = found.limit;
    const { options } = spec;
    const cost = requestCost(request, options.precount);
    const draw: Draw = { capacities: capacitiesOf(spec, found.family), cost, refusedDraws: options.failedRequestsCount };
    // Hashed, for keys are not kept and names may be of any length.
    const name = sha256([pattern, request.key ?? '', found.family].join('\u0000'));
    const taken = this.#buckets.take(name, draw, clock.now());
    const account = accountOf(spec, taken.buckets, cost.tokens);
    const refused = { request, cost, account, organizationId: identity.organizationId, wallMs: clock.wall() };
    const give = (amounts: Amounts) => this.#buckets.give(name, amounts, clock.now());
    return {
      account,
      refusal: taken.refusal && refusalAnswer(taken.refusal, refused),
      decided: ({ faults }, context) => {
        if (!getsThrough(faults, context)) give(taken.drawn);
        else if (faults.some(({ name: fault }) => REFUSALS.has(fault)))
          give(beyondRefusal(taken.drawn, options.failedRequestsCount));
      },
      answered: (context) => {
        if (!options.refundUnused || taken.refusal !== undefined) return;
        const unused = Math.max(0, cost.tokens - spentTokens(context));
        give({ tokens: unused, tokens_per_day: unused });
      },
    };
  }

  clear(): void {
    this.#buckets.clear();
  }
}

function accountOf({ tier, options }: LimitSpec, buckets: RateLimitAccount['buckets'], asked: number): RateLimitAccount {
  return { buckets, asked, projectTokens: options.projectTokens, hints: options.hints, free: tier === 'free' };
}

/** What an admitted request drew beyond what a refused one draws. */
function beyondRefusal({ requests, tokens, ...perDay }: Amounts, refusedDraws: boolean): Amounts {
  return refusedDraws ? perDay : { requests, tokens, ...perDay };
}

/** Whether the request gets past the faults to the api layer: whether any of them asks for the answer, or gives one of that layer. */
function getsThrough(faults: readonly FaultCall[], context: ReplyContext): boolean {
  if (stepOf(faults).strikes === 'api') return true;
  let asked = false;
  const answer: Reply = {
    [Symbol.iterator]: () => {
      asked = true;
      return [][Symbol.iterator]();
    },
  };
  for (const { type } of applyFaults(answer, faults, context)) {
    if (asked || type === 'hang' || type === 'reset' || type === 'close') break;
  }
  return asked;
}
