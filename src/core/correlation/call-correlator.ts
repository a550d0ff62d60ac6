import { complete } from './complete.ts';
import type { Correlation, CorrelationEvidence } from './correlation.ts';
import { type CorrelationState, emptyState } from './correlation-state.ts';
import { observe } from './observe.ts';
import type { Outcome } from './outcome.ts';

interface CallCorrelatorParts {
  /** Called with the id of each call that is forgotten. */
  onForget(call: string): void;
  /** Whether a connection is known to be closed. */
  isClosed(connection: number): boolean;
}

/** Recognises the attempts of one call, with the state in memory. */
export class CallCorrelator {
  readonly #state: CorrelationState;
  readonly #isClosed: (connection: number) => boolean;

  constructor({ onForget, isClosed }: CallCorrelatorParts) {
    this.#state = emptyState(onForget);
    this.#isClosed = isClosed;
  }

  /** Recognises a request as it arrives. */
  observe(evidence: CorrelationEvidence): Correlation {
    return observe(this.#state, evidence, this.#isClosed);
  }

  /** Tells how a recognised attempt ended. A success closes an unnamed call: equal requests that follow are new ones. */
  complete({ remembered }: Pick<Correlation, 'remembered'>, outcome: Outcome): void {
    if (remembered !== undefined) complete(this.#state, remembered, outcome);
  }

  /** Numbers calls from 1 again. Nobody may know a call by its number any more. */
  renumber(): void {
    this.#state.totals.unnamed = 0;
  }

  /** Forgets everything. Calls go on to be numbered from where they were. */
  clear(): void {
    const { totals, calls, named, groups, connections, questions } = this.#state;
    for (let call = calls.oldest; call !== undefined; call = calls.oldest) {
      calls.remove(call);
      call.forgotten = true;
    }
    named.clear();
    groups.clear();
    connections.clear();
    questions.clear();
    totals.declaredKinds = 0;
    totals.countsRetries = false;
    totals.hasFailures = false;
  }
}
