import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { DeclaredCalls } from '../core/correlation/declared-calls.ts';
import { DEFAULT_BOUNDS, type JournalBounds } from '../core/journal/journal.ts';
import type { Libraries } from '../core/libraries.ts';
import { MemoryBudget } from '../core/memo/memory-budget.ts';
import { type PlannedRule, stepsOf } from '../core/plan/compile.ts';
import { ScenarioError } from '../core/problem.ts';
import type { JournalRecord } from '../exchange/record.ts';
import type { LoadedScenario } from '../scenario-files/load-scenario.ts';
import { DEFAULT_SESSION } from './default-session.ts';
import { Downtimes } from './downtimes.ts';
import { PlanVersions } from './plan-versions.ts';
import { refuseServerRules } from './refuse-server-rules.ts';
import { Session } from './session.ts';
import { SessionWorld } from './session-world.ts';
import { SessionsFullError } from './sessions-full-error.ts';
import { ClosedConnections } from './state/closed-connections.ts';

/** Sessions kept at most, beside the default one. */
const MAX_SESSIONS = 1_000;

/** Bodies, responses and conversations that all sessions keep together, in bytes. */
const KEPT_BYTES = 256 * 1024 * 1024;

export interface EngineParts {
  readonly scenario: LoadedScenario;
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly bounds?: JournalBounds;
  /** What the program says of its calls, in each session; goes before what scenarios expect. */
  readonly calls?: DeclaredCalls | undefined;
  /** The name of the run. Default: a new one. */
  readonly run?: string | undefined;
}

/** The one stateful object: sessions, each with its plan, counters, calls and journal. */
export class Engine {
  readonly run: string;
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly startedAt: number;
  readonly planVersions = new PlanVersions();
  /** When the server was down, by the scenario. */
  readonly downtimes = new Downtimes();
  readonly #closed = new ClosedConnections();
  readonly #bounds: JournalBounds;
  readonly #calls: DeclaredCalls | undefined;
  readonly #sessions = new Map<string, Session>();
  readonly #listeners = new Set<(entry: JournalRecord, session: Session) => void>();
  /** Of the default session, and of the services that its scenario has beside it. */
  readonly #world: SessionWorld;
  readonly #openListeners = new Set<(entry: JournalRecord) => void>();
  readonly #planListeners = new Set<(id: string, session: Session | undefined) => void>();
  #scenario: LoadedScenario;
  #created = 0;

  constructor({ scenario, clock, libraries, bounds = DEFAULT_BOUNDS, calls, run = randomUUID() }: EngineParts) {
    this.run = run;
    this.clock = clock;
    this.libraries = libraries;
    this.startedAt = clock.now();
    this.#bounds = { budget: new MemoryBudget(KEPT_BYTES), ...bounds };
    this.#calls = calls;
    this.#scenario = scenario;
    this.#world = new SessionWorld(clock, this.#closed.has);
    this.#add(DEFAULT_SESSION, scenario, { lasting: true, world: this.#world });
    this.#provide(scenario);
  }

  /** The sessions of the services that the scenario has beside the default one, in the order of the file. */
  get providers(): readonly Session[] {
    return [...this.#scenario.providers.keys()].flatMap((name) => this.#sessions.get(name) ?? []);
  }

  /** The sessions that are judged together with this one, itself included: those of one scenario with providers. */
  judgedWith(session: Session): readonly [Session, ...Session[]] {
    const { defaultSession, providers } = this;
    const isOne = session === defaultSession || providers.includes(session);
    return isOne ? [defaultSession, ...providers] : [session];
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

  /**
   * The session of that name, made with the server's scenario on first use; the default one without a name. Throws a
   * SessionsFullError when there is no room for another.
   */
  session(id = DEFAULT_SESSION): Session {
    return this.#sessions.get(id) ?? this.#add(id, this.#scenario, { lasting: false });
  }

  findSession(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  /**
   * A new session under its own scenario, or the server's; it stays until it is closed. Throws a SessionsFullError when there
   * is no room for another, and a ScenarioError for a scenario with providers, or with rules that take the server down: those are
   * the server's. Calls of a session go on in one that is opened beside it.
   */
  openSession(scenario: LoadedScenario = this.#scenario, { beside }: { readonly beside?: Session } = {}): Session {
    this.#refuseForSession(scenario);
    let id: string;
    do {
      this.#created += 1;
      id = `s${this.#created}`;
    } while (this.#sessions.has(id));
    return this.#add(id, scenario, { lasting: true, ...(beside === undefined ? {} : { world: beside.world }) });
  }

  /** Ends a session. The default one stays. Tells whether there was one. */
  closeSession(id: string): boolean {
    const session = id === DEFAULT_SESSION ? undefined : this.#sessions.get(id);
    if (session === undefined) return false;
    this.#sessions.delete(id);
    session.giveBack();
    this.#tellPlan(id, undefined);
    return true;
  }

  /** Runs another scenario in that session, from its beginning. Throws a ScenarioError where it is one for the server alone. */
  giveScenario(session: Session, scenario: LoadedScenario): void {
    if (session === this.defaultSession) this.replaceScenario(scenario);
    else {
      this.#refuseForSession(scenario);
      session.replaceScenario(scenario);
    }
  }

  /** Runs another scenario in the default session, from its beginning; sessions made from now on get it too. */
  replaceScenario(scenario: LoadedScenario): void {
    for (const name of this.#scenario.providers.keys()) if (!scenario.providers.has(name)) this.closeSession(name);
    this.#scenario = scenario;
    this.defaultSession.replaceScenario(scenario);
    this.#provide(scenario);
  }

  /** Calls the listener when the moment is there that spans of time count from in the default session. Returns how to stop. */
  onClockStart(listener: () => void): () => void {
    return this.#world.onClockStart(listener);
  }

  /** The server goes down, by a rule of the default session. */
  serverWentDown(rule: PlannedRule): void {
    const [step] = stepsOf(rule.action);
    this.downtimes.begin(this.clock.now(), { rule: rule.id, faults: step?.calls ?? [] });
    for (const session of this.sessions) session.struck(rule.id);
  }

  /** It is back. */
  serverCameBack(): void {
    this.downtimes.end(this.clock.now());
  }

  /** Tells that a connection is not open any more: its number, as the requests that came on it bear it. */
  connectionClosed(connection: number): void {
    this.#closed.add(connection);
  }

  /** Calls the listener for each request that is over. Returns how to stop. */
  onEntry(listener: (entry: JournalRecord, session: Session) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Calls the listener for each request that begins to be answered. Returns how to stop. */
  onOpened(listener: (entry: JournalRecord) => void): () => void {
    this.#openListeners.add(listener);
    return () => void this.#openListeners.delete(listener);
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

  /** Makes the sessions of the further services of the scenario, or has those that are there go by it. */
  #provide({ providers }: LoadedScenario): void {
    for (const [name, scenario] of providers) {
      const known = this.#sessions.get(name);
      if (known === undefined) this.#add(name, scenario, { lasting: true, world: this.#world });
      else known.replaceScenario(scenario);
    }
  }

  /** A scenario of the server is right for its sessions as it stands, with another seed too. */
  #refuseForSession(scenario: LoadedScenario): void {
    refuseProviders(scenario, this.#scenario);
    if (scenario.source === this.#scenario.source) return;
    const steps = scenario.plan.rules.map(({ action }) => stepsOf(action)[0]);
    refuseServerRules(steps, { file: scenario.source.file, path: ['rules'] });
  }

  #createSession(id: string, scenario: LoadedScenario, { lasting, world }: Making): Session {
    return new Session({
      id,
      lasting,
      world: world ?? new SessionWorld(this.clock, this.#closed.has),
      run: this.run,
      scenario,
      clock: this.clock,
      libraries: this.libraries,
      bounds: this.#bounds,
      downtimes: this.downtimes,
      calls: this.#calls,
      versionOf: this.planVersions.of,
      onOpened: (entry) => {
        for (const listener of this.#openListeners) listener(entry);
      },
      onEntry: (entry, session) => {
        for (const listener of this.#listeners) listener(entry, session);
      },
      onPlan: (session) => this.#tellPlan(id, session),
      onReset: (session) => {
        const together = this.judgedWith(session);
        for (const other of together) if (other !== session) other.forget();
        // No other call may have the number of one that is under way.
        if (together.every(({ inFlight }) => inFlight === 0)) session.renumber();
      },
    });
  }

  #add(id: string, scenario: LoadedScenario, making: Making): Session {
    if (this.#sessions.size > MAX_SESSIONS) this.#makeRoom();
    const session = this.#createSession(id, scenario, making);
    this.#sessions.set(id, session);
    this.#tellPlan(id, session);
    return session;
  }

  /** Forgets the session longest out of use, of those that came into being by use alone and have no request under way. */
  #makeRoom(): void {
    const others = this.sessions.filter(({ id }) => id !== DEFAULT_SESSION);
    const passing = others.filter(({ isLasting }) => !isLasting);
    const idle = passing.filter(({ inFlight }) => inFlight === 0);
    const [first] = idle;
    if (first === undefined) throw new SessionsFullError(fullOf(others.length - passing.length, passing.length));
    const { id } = idle.reduce((oldest, session) => (session.lastUsedAt < oldest.lastUsedAt ? session : oldest), first);
    this.closeSession(id);
  }
}

interface Making {
  readonly lasting: boolean;
  /** Of a session that is one of several of its scenario. */
  readonly world?: SessionWorld;
}

function refuseProviders(scenario: LoadedScenario, ofServer: LoadedScenario): void {
  if (scenario.providers.size === 0 || scenario === ofServer) return;
  const message = 'a session is one service: give providers to the scenario of the server';
  throw new ScenarioError([{ file: scenario.source.file, path: 'providers', message }]);
}

function fullOf(made: number, busy: number): string {
  return (
    `${made + busy} sessions are open, as many as there can be: ${made} were made, or given rules or a scenario, and stay; ` +
    `${busy} came by use and have requests under way. Close one: await session.close(), or DELETE /__admin/sessions/ID.`
  );
}
