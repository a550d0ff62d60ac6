import { CallCorrelator } from '../core/correlation/call-correlator.ts';

/** The calls that are recognised in a session, or in all sessions of one scenario with providers: a call may go from one to another. */
export class RecognisedCalls {
  readonly correlator: CallCorrelator;
  readonly #listeners: ((call: string) => void)[] = [];

  /** `isClosed` says whether a connection is known to be closed. */
  constructor(isClosed: (connection: number) => boolean) {
    const onForget = (call: string) => {
      for (const listener of this.#listeners) listener(call);
    };
    this.correlator = new CallCorrelator({ onForget, isClosed });
  }

  /** Calls the listener with the id of each call that is forgotten. */
  onForget(listener: (call: string) => void): void {
    this.#listeners.push(listener);
  }
}
