import { LruMap } from '../collections/lru-map.ts';
import { type Linked, UseOrder } from '../collections/use-order.ts';
import type { FingerprintGroup, OpenCall } from './fingerprint-group.ts';

/**
 * All that correlation remembers of a session. The steps `observe` and `complete` change the state that they are given and
 * nothing else, and go by it alone. They touch only what `partsFor` names: a store that has read those parts can run them.
 */
export interface CorrelationState {
  readonly totals: CorrelationTotals;
  /** In the order in which they were opened. */
  readonly calls: UseOrder<OpenCall>;
  /** Those with a name, by their id. */
  readonly named: Map<string, OpenCall>;
  /** By fingerprint. */
  readonly groups: LruMap<string, FingerprintGroup>;
  /** Connections on which an answer was a retryable failure. */
  readonly connections: LruMap<number, FailedConnection>;
  /** Calls without a name that failed, by what they ask. */
  readonly questions: Map<string, readonly OpenCall[]>;
  /** Is told the id of each call that a step forgets: a list of them would cost each request an array. */
  readonly onForget: (call: string) => void;
}

/** What counts for all fingerprints. */
export interface CorrelationTotals {
  /** Calls without a name so far: the next one has the number after it. */
  unnamed: number;
  /** Calls that were opened so far. */
  opened: number;
  /** A request counted itself as a retry. */
  countsRetries: boolean;
  /** A request failed. Before that, nobody asks what is asked. */
  hasFailures: boolean;
  /** Different requests that were taken by what the program declares. */
  declaredKinds: number;
}

/** The last answer on a connection. */
interface FailedConnection extends Linked<FailedConnection> {
  readonly connection: number;
  /** The fingerprint of the request that it failed; undefined when it was no retryable failure. */
  fingerprint: string | undefined;
}

export function emptyState(onForget: (call: string) => void): CorrelationState {
  return {
    totals: { unnamed: 0, opened: 0, countsRetries: false, hasFailures: false, declaredKinds: 0 },
    calls: new UseOrder(),
    named: new Map(),
    groups: new LruMap(({ fingerprint }) => fingerprint),
    connections: new LruMap(({ connection }) => connection),
    questions: new Map(),
    onForget,
  };
}
