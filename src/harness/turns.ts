import pLimit, { type LimitFunction } from 'p-limit';

/** How a call came to its first request. */
export type Start = 'sent' | 'over before' | 'silent';

/** Lets calls start in turns: so many at a time, until each has come to its first request, or will not. */
export class Turns {
  readonly #limit: LimitFunction;
  readonly #mute = new AbortController();
  #heard = false;

  constructor(atOnce: number) {
    this.#limit = pLimit(atOnce);
  }

  /** Whether calls start, or wait for their turn to. */
  get areGoingOn(): boolean {
    return this.#limit.activeCount + this.#limit.pendingCount > 0;
  }

  /** Aborted when a call was silent for all the time it had and none has sent anything: the others would be so, too. */
  get mute(): AbortSignal {
    return this.#mute.signal;
  }

  /** Resolves when the call has started. */
  async take(start: () => Promise<Start>): Promise<void> {
    const how = await this.#limit(start);
    if (how === 'sent') this.#heard = true;
    if (how === 'silent' && !this.#heard) this.#mute.abort();
  }
}
