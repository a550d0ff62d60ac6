import type { Recognition, Sighting } from '../core/calls/sighting.ts';
import type { FaultCall } from '../core/faults/registry.ts';
import type { FaultApplied } from '../core/journal/entry.ts';
import type { Taken } from '../core/limits/buckets.ts';
import type { Layer } from '../core/openai/layer.ts';
import type { Traits } from '../core/plan/decide.ts';
import type { Facts } from '../core/plan/facts.ts';
import type { Limited } from './admission.ts';

/** What the decision on a request goes by: plain data, but for the facts of a request that is here. */
export interface Question<Known = Facts | RemoteFacts> {
  readonly sighting: Sighting;
  /** The layer at which the request fails by itself. */
  readonly failsAt: Layer | undefined;
  readonly limited: Pick<Limited, 'name' | 'draw'> | undefined;
  readonly forced: readonly FaultCall[] | undefined;
  /** What was decided before it came; undefined when nothing was. */
  readonly fated: FaultApplied | null | undefined;
  readonly facts: Known;
}

/** What is asked of the facts of a request that is elsewhere. */
export interface RemoteFacts extends Traits {
  /** Places of the rules that speak of it. */
  readonly speaking: readonly number[];
}

/** The decision on a request. */
export interface Ruling {
  readonly recognition: Recognition;
  /** What the buckets said, where it came before any. */
  readonly taken: Taken | undefined;
  readonly applied: FaultApplied | null;
}
