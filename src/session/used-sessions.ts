import type { Engine } from './engine.ts';
import type { Session } from './session.ts';

/** The sessions that requests come to, those included that the client closes before the run is over. */
export class UsedSessions {
  readonly #engine: Engine;
  readonly #met = new Set<Session>();

  constructor(engine: Engine) {
    this.#engine = engine;
    engine.onEntry((_entry, session) => void this.#met.add(session));
  }

  /** In the order of their first requests; the default one where nothing came to any. */
  list(): [Session, ...Session[]] {
    const { sessions, defaultSession } = this.#engine;
    const used = [...new Set([...this.#met, ...sessions])].filter(({ startedAt }) => startedAt !== undefined);
    const [first = defaultSession, ...others] = used.sort((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0));
    return [first, ...others];
  }
}
