import type { Correlation, CorrelationEvidence } from '../core/correlation/correlation.ts';
import type { BoundFault } from '../core/faults/bound-fault.ts';
import type { FaultApplied } from '../core/journal/entry.ts';
import type { LimitResult } from '../core/limits/buckets.ts';
import type { StoreFinding, StoreReference } from '../core/openai/store/session-store.ts';
import type { Layer } from '../core/openai/wire/layer.ts';
import type { Step } from '../core/plan/compile.ts';
import type { RuleStep } from '../core/plan/decide.ts';
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
  /** What the session keeps of what the request refers to; undefined where it refers to nothing. */
  readonly found?: StoreFinding | undefined;
}
