import type { ScenarioUse } from '../core/backoff/verdict/judge.ts';
import type { Pending } from '../core/capacity/backlog.ts';
import type { Clock } from '../core/clock.ts';
import type { DeclaredCalls } from '../core/correlation/declared-calls.ts';
import { type FaultsByName, NO_FAULTS } from '../core/faults/bound-fault.ts';
import type { Downtime } from '../core/journal/downtime.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import type { JournalBounds } from '../core/journal/journal.ts';
import type { Libraries } from '../core/libraries.ts';
import type { Plan, PlannedRule } from '../core/plan/compile.ts';
import type { LimitLevels } from '../core/plan/limit-levels.ts';
import type { LimitChange } from '../core/scenario/limit-schema.ts';
import type { Rule } from '../core/scenario/schema.ts';
import type { Incoming } from '../exchange/incoming.ts';
import type { Performed } from '../exchange/performed.ts';
import type { Destination, Prepared } from '../exchange/prepare.ts';
import type { JournalRecord } from '../exchange/record.ts';
import type { LoadedScenario } from '../scenario-files/load-scenario.ts';
import { type Amendment, amended } from './amendment.ts';
import type { Downtimes } from './downtimes.ts';
import type { Exchange } from './exchange.ts';
import { here, type MaybePromise } from './maybe-promise.ts';
import { type KnownPlan, ServedSession } from './served-session.ts';
import type { SessionWorld } from './session-world.ts';
import { InMemoryState, type PlanInForce } from './state/in-memory-state.ts';
import type { SessionState } from './state/session-state.ts';
import { withDeclaredCalls } from './with-declared-calls.ts';

/** What a session is made of. */
export interface SessionParts {
  readonly id: string;
  /** It stays until it is closed: it did not come into being by use. */
  readonly lasting: boolean;
  readonly run: string;
  readonly scenario: LoadedScenario;
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly bounds: JournalBounds;
  /** When the server was down. */
  readonly downtimes: Downtimes;
  /** What the program says of its calls; goes before what the scenario expects. */
  readonly calls?: DeclaredCalls | undefined;
  /** What it has in common with the other sessions of the same scenario. */
  readonly world: SessionWorld;
  /** The number of a plan. */
  versionOf(plan: Plan): number;
  onOpened(entry: JournalRecord): void;
  onEntry(entry: JournalRecord, session: Session): void;
  /** Called when requests are decided by another plan from now on. */
  onPlan(session: Session): void;
  /** Called after everything was forgotten. */
  onReset(session: Session): void;
}

/** An isolated world: a plan, what its requests share, a journal. */
export class Session {
  readonly id: string;
  readonly #parts: SessionParts;
  readonly #state: InMemoryState;
  readonly #served: ServedSession;
  #scenario: LoadedScenario;
  /** What was changed since the scenario began. */
  #amendments: Amendment[] = [];
  #isLasting: boolean;
  /** When the journal began, on the engine's clock. */
  #journalSince: number;

  constructor(parts: SessionParts) {
    const { clock, libraries, bounds, scenario, world, downtimes } = parts;
    this.id = parts.id;
    this.#parts = parts;
    this.#scenario = withDeclaredCalls(scenario, parts.calls);
    this.#isLasting = parts.lasting;
    this.#journalSince = clock.now();
    const onClosed = (record: JournalRecord) => parts.onEntry(record, this);
    this.#state = new InMemoryState({
      clock,
      libraries,
      bounds,
      downtimes,
      inForce: this.#inForce(this.#scenario.plan),
      world,
      onOpened: (record) => parts.onOpened(record),
      onClosed,
    });
    this.#served = new ServedSession({ clock, libraries, state: this.#state, known: this.#state });
  }

  /** What it has in common with the other sessions of the same scenario. */
  get world(): SessionWorld {
    return this.#parts.world;
  }

  /** What its requests share. */
  get state(): SessionState & KnownPlan {
    return this.#state;
  }

  /** The largest body that is worth reading. */
  get maxBodyBytes(): number {
    return this.#served.maxBodyBytes;
  }

  /** Pages of other origins may use it. */
  get cors(): boolean {
    return this.#served.cors;
  }

  get scenario(): LoadedScenario {
    return this.#scenario;
  }

  /** The plan with the added rules before its own. */
  get plan(): Plan {
    return this.#state.plan;
  }

  get lastUsedAt(): number {
    return this.#state.lastUsedAt;
  }

  /** A client made it, or gave it rules or a scenario: the client has to find it again. */
  get isLasting(): boolean {
    return this.#isLasting;
  }

  /** The time on the clock of the journal. */
  get now(): number {
    return this.#parts.clock.now();
  }

  /** When the first request arrived, on the engine's clock; undefined before it. */
  get startedAt(): number | undefined {
    return this.#state.startedAt;
  }

  /** What spans of time count from, on the engine's clock; undefined before that moment. */
  get clockStartedAt(): number | undefined {
    return this.#parts.world.countedFrom(this.plan);
  }

  get inFlight(): number {
    return this.#state.inFlight;
  }

  /** What was changed since the scenario began, in order. */
  get amendments(): readonly Amendment[] {
    return this.#amendments;
  }

  /** The rules in the order in which they are asked. */
  get rules(): readonly PlannedRule[] {
    return this.plan.rules;
  }

  /** Finds out about a request what does not depend on others. */
  prepare(incoming: Incoming, destination: Destination): Prepared {
    return this.#served.prepare(incoming, destination);
  }

  /** Whether an equal request waits for the first byte of its reply: its client may be about to leave. */
  isWaiting(prepared: Prepared): boolean {
    return this.#served.isWaiting(prepared);
  }

  /** Counts a request whose body is still on its way, until `release` is called for it. */
  begin(): void {
    this.#served.begin();
  }

  /** To be called once for each `begin`. */
  release(): void {
    this.#served.release();
  }

  /**
   * Decides what happens to a connection as it is accepted, or to a request whose head has come and whose body is not
   * read. Undefined when it goes on.
   */
  refuse(incoming: Incoming, destination: Destination): Exchange | undefined {
    return here(this.#served.refuse(incoming, destination));
  }

  /** Decides what happens to a request: at once, but where the service has requests to make first. */
  receive(prepared: Prepared): MaybePromise<Exchange> {
    return this.#served.receive(prepared);
  }

  /** Notes a request that its client left before its body was complete. */
  abandoned(incoming: Incoming, destination: Destination, performed: Performed): void {
    this.#served.abandoned(incoming, destination, performed);
  }

  journal(since = 0): JournalEntry[] {
    return [...this.#state.journal.since(since)];
  }

  /** The entries of `journal`, read one by one. `parsesBodies`: see `SessionJournal.since`. */
  entries(since = 0, parsesBodies = true): Generator<JournalEntry> {
    return this.#state.journal.since(since, parsesBodies);
  }

  /** A record of this session as it is shown. `parsesBodies`: see `SessionJournal.since`. */
  view(record: JournalRecord, parsesBodies = true): JournalEntry {
    return this.#state.journal.view(record, parsesBodies);
  }

  /** The number of the oldest entry that the journal holds, or would hold. */
  get oldestSeq(): number {
    return this.#state.journal.nextSeq - this.#state.journal.kept;
  }

  /** The number that the next entry will bear. */
  get nextSeq(): number {
    return this.#state.journal.nextSeq;
  }

  /** Numbers of entries that are not over, of the newest. */
  openSeqs(): number[] {
    return this.inFlight === 0 ? [] : this.#state.journal.openSeqs(this.inFlight);
  }

  /** Entries that the journal holds. */
  get kept(): number {
    return this.#state.journal.kept;
  }

  /** Entries that fell out of the journal. */
  get dropped(): number {
    return this.#state.journal.dropped;
  }

  /** When the server, or its store, was down, as long as the journal goes back; oldest first. */
  downtimes(): Downtime[] {
    return this.#parts.downtimes.since(this.#journalSince);
  }

  /** Counts that a rule struck the server as a whole. */
  struck(rule: string): void {
    this.#state.struckServer(rule);
  }

  /** The scenario, and how often each part of it struck. */
  scenarioUse(): ScenarioUse {
    return this.#state.scenarioUse();
  }

  /** What is left of the limits, for accounts that were used lately. */
  limitLevels(): LimitLevels[] {
    return this.#state.limitLevels();
  }

  /** What the service has to do; undefined where its capacity has no bound. */
  pending(): Pending | undefined {
    return this.#state.pending();
  }

  /** Puts rules, which name some of these faults, before all others; returns them as they are known from then on. */
  use(rules: readonly Rule[], faults: FaultsByName): readonly PlannedRule[] {
    this.#amend({ kind: 'rules', rules }, faults);
    return this.rules.slice(0, rules.length);
  }

  /** Takes a rule out; tells whether there was one of that id. What it counted is kept for one of the same name. */
  removeRule(id: string): boolean {
    const known = this.rules.some((rule) => rule.id === id) || this.#isPaused(id);
    if (known) this.#amend({ kind: 'rule removed', id });
    return known;
  }

  /** A rule is not asked until it is resumed; tells whether there is one of that id. */
  pauseRule(id: string): boolean {
    const known = this.rules.some((rule) => rule.id === id);
    if (known) this.#amend({ kind: 'rule paused', id });
    return known || this.#isPaused(id);
  }

  /** A paused rule is asked again, in its place; tells whether there is a rule of that id. What it counted goes on. */
  resumeRule(id: string): boolean {
    const paused = this.#isPaused(id);
    if (paused) this.#amend({ kind: 'rule resumed', id });
    return paused || this.rules.some((rule) => rule.id === id);
  }

  #isPaused(id: string): boolean {
    return this.plan.paused?.some(({ rule }) => rule.id === id) ?? false;
  }

  /** Changes limits from now on; what was used stays used. */
  changeLimits(change: LimitChange): void {
    const atMs = this.clockStartedAt === undefined ? 0 : Math.max(0, this.now - this.clockStartedAt);
    this.#amend({ kind: 'limits', change, atMs });
  }

  #amend(amendment: Amendment, faults: FaultsByName = NO_FAULTS): void {
    this.#isLasting = true;
    const parts = { libraries: this.#parts.libraries, faults };
    const plan = amended(this.plan, amendment, this.#amendments.push(amendment), parts);
    this.#state.adopt(this.#inForce(plan));
    this.#parts.onPlan(this);
  }

  /** Runs another scenario from its beginning; the journal stays. */
  replaceScenario(scenario: LoadedScenario): void {
    this.#isLasting = true;
    this.#scenario = withDeclaredCalls(scenario, this.#parts.calls);
    this.#restart();
  }

  /** Back to the beginning, together with the other sessions of the same scenario: counters, buckets, calls, added rules and the journal are forgotten. */
  reset(): void {
    this.forget();
    this.#parts.onReset(this);
  }

  /** Forgets the counters, the buckets, the added rules and the journal of this session, and no number of a call: others may know it. */
  forget(): void {
    this.#restart();
    this.#state.journal.clear();
    this.#journalSince = this.now;
  }

  /** Calls are numbered from the beginning again, where no request is being answered. */
  renumber(): void {
    this.#state.renumber();
  }

  /** Gives back the memory of a session that is closed. */
  giveBack(): void {
    this.#state.giveBack();
  }

  /** Resolves when no request is being answered. */
  idle(): Promise<void> {
    return this.#state.idle();
  }

  #inForce(plan: Plan): PlanInForce {
    const { name: scenario, seed } = this.#scenario.plan;
    const place = { session: this.id, run: this.#parts.run, scenario, seed };
    return { plan, version: this.#parts.versionOf(plan), place };
  }

  #restart(): void {
    this.#state.restart(this.#inForce(this.#scenario.plan));
    this.#amendments = [];
    this.#parts.onPlan(this);
  }
}
