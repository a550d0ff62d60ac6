import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { DEFAULT_BOUNDS, type JournalBounds } from '../core/journal/journal.ts';
import type { Libraries } from '../core/libraries.ts';
import type { LoadedScenario } from './load-scenario.ts';
import type { JournalRecord } from './record.ts';
import { Session } from './session.ts';

const DEFAULT_SESSION = 'default';
/** Sessions kept at most. Past that the one longest out of use makes room. */
const MAX_SESSIONS = 1_000;

export interface EngineParts {
  readonly scenario: LoadedScenario;
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly bounds?: JournalBounds;
}

/** The one stateful object: sessions, each with its plan, counters, calls and journal. */
export class Engine {
  readonly run = randomUUID();
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly startedAt: number;
  readonly #bounds: JournalBounds;
  readonly #sessions = new Map<string, Session>();
  readonly #listeners = new Set<(entry: JournalRecord, session: Session) => void>();
  readonly #planListeners = new Set<(id: string, session: Session | undefined) => void>();
  #scenario: LoadedScenario;
  #created = 0;

  constructor({ scenario, clock, libraries, bounds = DEFAULT_BOUNDS }: EngineParts) {
    this.clock = clock;
    this.libraries = libraries;
    this.startedAt = clock.now();
    this.#bounds = bounds;
    this.#scenario = scenario;
    this.#sessions.set(DEFAULT_SESSION, this.#createSession(DEFAULT_SESSION, scenario));
  }

  /** The scenario of the default session, and of sessions made on first use. */
  get scenario(): LoadedScenario {
    return this.#scenario;
  }

  get defaultSession(): Session {
    return this.session(undefined);
  }

  get sessions(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  /** The session of that name, made with the server's scenario on first use; the default one without a name. */
  session(id = DEFAULT_SESSION): Session {
    return this.#sessions.get(id) ?? this.#add(this.#createSession(id, this.#scenario));
  }

  findSession(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  /** A new session under its own scenario, or the server's. */
  openSession(scenario: LoadedScenario = this.#scenario): Session {
    let id: string;
    do {
      this.#created += 1;
      id = `s${this.#created}`;
    } while (this.#sessions.has(id));
    return this.#add(this.#createSession(id, scenario));
  }

  /** Ends a session. The default one stays. Tells whether there was one. */
  closeSession(id: string): boolean {
    const closed = id !== DEFAULT_SESSION && this.#sessions.delete(id);
    if (closed) this.#tellPlan(id, undefined);
    return closed;
  }

  /** Runs another scenario in the default session, from its beginning; sessions made from now on get it too. */
  replaceScenario(scenario: LoadedScenario): void {
    this.#scenario = scenario;
    this.defaultSession.replaceScenario(scenario);
  }

  /** Calls the listener for each request that is over. Returns how to stop. */
  onEntry(listener: (entry: JournalRecord, session: Session) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Calls the listener when a session comes, goes, or decides by another plan. Returns how to stop. */
  onPlan(listener: (id: string, session: Session | undefined) => void): () => void {
    this.#planListeners.add(listener);
    return () => void this.#planListeners.delete(listener);
  }

  #tellPlan(id: string, session: Session | undefined): void {
    for (const listener of this.#planListeners) listener(id, session);
  }

  /** Resolves when no request is being answered in any session. */
  async idle(): Promise<void> {
    while (this.sessions.some(({ inFlight }) => inFlight > 0)) await Promise.all(this.sessions.map((session) => session.idle()));
  }

  #createSession(id: string, scenario: LoadedScenario): Session {
    return new Session({
      id,
      run: this.run,
      scenario,
      clock: this.clock,
      libraries: this.libraries,
      bounds: this.#bounds,
      onEntry: (entry, session) => {
        for (const listener of this.#listeners) listener(entry, session);
      },
      onPlan: (session) => this.#tellPlan(id, session),
    });
  }

  #add(session: Session): Session {
    if (this.#sessions.size >= MAX_SESSIONS) {
      const idle = this.sessions.filter(({ id, inFlight }) => id !== DEFAULT_SESSION && inFlight === 0);
      const oldest = idle.sort((a, b) => a.lastUsedAt - b.lastUsedAt)[0];
      if (oldest !== undefined) this.closeSession(oldest.id);
    }
    this.#sessions.set(session.id, session);
    this.#tellPlan(session.id, session);
    return session;
  }
}
