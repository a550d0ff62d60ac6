import { CallCorrelator } from '../core/correlation/call-correlator.ts';

/** What the sessions of one scenario have in common, the services that it has beside the default one included. Most have one session. */
export class SessionWorld {
  /** Recognises calls: they may go from one session to another. */
  readonly correlator: CallCorrelator;
  /** When the first request came to any of the sessions, on the engine's clock: what spans of time count from. */
  startedAt: number | undefined;
  readonly #listeners = new Set<(call: string) => void>();

  /** `isClosed` says whether a connection is known to be closed. */
  constructor(isClosed: (connection: number) => boolean) {
    const onForget = (call: string) => {
      for (const listener of this.#listeners) listener(call);
    };
    this.correlator = new CallCorrelator({ onForget, isClosed });
  }

  /** Calls the listener with the id of each call that is forgotten. Returns how to stop. */
  onForget(listener: (call: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Back to the beginning. */
  clear(): void {
    this.correlator.clear();
    this.startedAt = undefined;
  }
}
