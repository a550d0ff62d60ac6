import type { Clock } from '../core/clock.ts';
import { CallCorrelator } from '../core/correlation/call-correlator.ts';
import type { Plan } from '../core/plan/compile.ts';

/** What the sessions of one scenario have in common, the services that it has beside the default one included. Most have one session. */
export class SessionWorld {
  /** Recognises calls: they may go from one session to another. */
  readonly correlator: CallCorrelator;
  #firstCallAt: number | undefined;
  #begunAt: number;
  readonly #clock: Clock;
  readonly #listeners = new Set<(call: string) => void>();
  readonly #clockListeners = new Set<() => void>();

  /** `isClosed` says whether a connection is known to be closed. */
  constructor(clock: Clock, isClosed: (connection: number) => boolean) {
    this.#clock = clock;
    this.#begunAt = clock.now();
    const onForget = (call: string) => {
      for (const listener of this.#listeners) listener(call);
    };
    this.correlator = new CallCorrelator({ onForget, isClosed });
  }

  /** What spans of time count from, on the engine's clock; undefined before that moment. */
  countedFrom({ clock }: Pick<Plan, 'clock'>): number | undefined {
    return clock === 'start' ? this.#begunAt : this.#firstCallAt;
  }

  /** A call comes to one of the sessions. The first is what most scenarios count from. */
  callCame(at: number): void {
    if (this.#firstCallAt !== undefined) return;
    this.#firstCallAt = at;
    for (const listener of this.#clockListeners) listener();
  }

  /** Calls the listener with the first call. Returns how to stop. */
  onClockStart(listener: () => void): () => void {
    this.#clockListeners.add(listener);
    return () => void this.#clockListeners.delete(listener);
  }

  /** Calls the listener with the id of each call that is forgotten. Returns how to stop. */
  onForget(listener: (call: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Back to the beginning. */
  clear(): void {
    this.correlator.clear();
    this.#firstCallAt = undefined;
    this.#begunAt = this.#clock.now();
  }
}
