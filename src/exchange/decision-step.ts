import type { Correlation, CorrelationEvidence } from '../core/correlation/correlation.ts';
import type { BoundFault } from '../core/faults/bound-fault.ts';
import type { FaultApplied } from '../core/journal/entry.ts';
import type { LimitResult } from '../core/limits/buckets.ts';
import type { StoreFinding, StoreReference } from '../core/openai/store/session-store.ts';
import type { Layer } from '../core/openai/wire/layer.ts';
import type { Step } from '../core/plan/compile.ts';
import type { RuleStep } from '../core/plan/decide.ts';
import type { ReplyQuestion } from '../core/plan/reply-question.ts';
import type { ReplyChoice } from '../core/plan/reply-steps.ts';
import type { LimitDraw } from './admission.ts';
import type { ReadRequest } from './unread-request.ts';

/** What the decision on a request goes by. Plain data where it has travelled; in one process, `matches` and `traits` are lazy. */
export interface DecisionStep extends Pick<RuleStep, 'matches' | 'traits'>, ReadRequest {
  /** The number of the plan that the request was read by. */
  readonly planVersion: number;
  readonly evidence: CorrelationEvidence;
  /** The layer at which the request fails by itself. */
  readonly failsAt: Layer | undefined;
  readonly limited: Pick<LimitDraw, 'name' | 'draw'> | undefined;
  /** The faults that `x-mock-fault` asks for. */
  readonly forced: Step | undefined;
  /** What was decided before it came; undefined when nothing was. */
  readonly preset: FaultChoice | undefined;
  /** What it refers to of what the session keeps. */
  readonly reference?: StoreReference | undefined;
  /** What the choice of a reply goes by; undefined where no reply has a sequence. */
  readonly replies?: ReplyQuestion | undefined;
  /** The body that the session keeps for others to refer to, where it is not the one that came. */
  readonly keptBody?: Uint8Array | undefined;
}

/** The faults that were chosen for a request. */
export interface FaultChoice {
  /** What the journal says of them; null where there are none. */
  readonly applied: FaultApplied | null;
  readonly faults: readonly BoundFault[];
}

export const NO_CHOICE: FaultChoice = { applied: null, faults: [] };

/** The decision on a request. */
export interface Decision extends FaultChoice {
  readonly correlation: Correlation;
  /** Milliseconds on the clock of the session. */
  readonly elapsedMs: number;
  /** What the buckets said, where it came before any. */
  readonly limit: LimitResult | undefined;
  /** What is said; undefined where no reply has a sequence. */
  readonly choice?: ReplyChoice | undefined;
  /** What the session keeps of what the request refers to; undefined where it refers to nothing. */
  readonly found?: StoreFinding | undefined;
}

/** The request is refused: it has to have a reply, and none has anything left to say. */
export function isUnmatched({ replies }: Pick<DecisionStep, 'replies'>, choice: ReplyChoice | undefined): boolean {
  return replies?.isRequired === true && choice !== undefined && choice.place === undefined;
}

/** The layer that refuses a request by itself, after the decision on it. */
export function refusingLayer(
  step: DecisionStep,
  { limit, choice }: Pick<Decision, 'limit' | 'choice'>,
  failsAt: DecisionStep['failsAt'],
): DecisionStep['failsAt'] {
  return limit?.refusal === undefined && !isUnmatched(step, choice) ? failsAt : 'api';
}
