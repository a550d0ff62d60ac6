import type { Outage } from '../core/backoff/kit/rule-evidence.ts';
import type { ScenarioUse } from '../core/backoff/verdict/judge.ts';
import type { Clock } from '../core/clock.ts';
import type { Correlation } from '../core/correlation/correlation.ts';
import type { DeclaredCalls } from '../core/correlation/declared-calls.ts';
import { applyFaults } from '../core/faults/catalogue.ts';
import { type Call, callsOf } from '../core/journal/calls.ts';
import type { FaultApplied, JournalEntry } from '../core/journal/entry.ts';
import type { JournalBounds } from '../core/journal/journal.ts';
import type { Libraries } from '../core/libraries.ts';
import type { LimitResult } from '../core/limits/buckets.ts';
import { healthyReply } from '../core/openai/endpoints/healthy-reply.ts';
import { errorReply } from '../core/openai/errors/error.ts';
import type { ReplyContext } from '../core/openai/request/reply-context.ts';
import type { Plan, PlannedRule } from '../core/plan/compile.ts';
import { outagesOf } from '../core/plan/outages.ts';
import type { Rule } from '../core/scenario/schema.ts';
import type { Reply } from '../core/wire/effect.ts';
import { type LimitDraw, refundForFaults, unusedOf } from '../exchange/admission.ts';
import { readingOf } from '../exchange/body-reading.ts';
import { buildResponse } from '../exchange/build-response.ts';
import type { Decision, DecisionStep } from '../exchange/decision-step.ts';
import { drawsOf } from '../exchange/draws.ts';
import { apiRequestOf, type Incoming } from '../exchange/incoming.ts';
import type { Performed } from '../exchange/performed.ts';
import { type Destination, factsOf, type Prepared, prepare, type Reader } from '../exchange/prepare.ts';
import { type JournalRecord, noteEnd, type Received, type RecordPlace } from '../exchange/record.ts';
import { replyContextOf } from '../exchange/reply-context-of.ts';
import type { LoadedScenario } from '../scenario-files/load-scenario.ts';
import { servedAfter } from './capacity-gate.ts';
import { Decisions } from './decisions.ts';
import { type Exchange, FollowedExchange } from './exchange.ts';
import { type RemoteBook, RemoteExchange } from './remote-exchange.ts';
import { SessionJournal } from './session-journal.ts';
import { withDeclaredCalls } from './with-declared-calls.ts';
import { withRules } from './with-rules.ts';

/** What a session is made of. */
export interface SessionParts {
  readonly id: string;
  /** Somebody made it: it is not one that came into being by use. */
  readonly lasting: boolean;
  readonly run: string;
  readonly scenario: LoadedScenario;
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly bounds: JournalBounds;
  /** What the program says of its calls; goes before what the scenario expects. */
  readonly calls?: DeclaredCalls | undefined;
  onEntry(entry: JournalRecord, session: Session): void;
  /** Called when requests are decided by another plan from now on. */
  onPlan(session: Session): void;
}

/** The decision on a connection, or on a request of which only the head has come, that another process has met. */
export interface RemoteRefusal extends Pick<Exchange, 'finished'> {
  readonly applied: FaultApplied;
  readonly recognition: Correlation;
}

/** What is known here of a request that another process has read. */
export type RemoteRequest = Pick<Received, 'incoming' | 'request' | 'bodySha256'>;

/** Time in which the end of a connection is read that was closed before another was opened. */
export const LEAVING_MS = 5;

/** Equal requests that wait, and are few enough to tell which of them is sent again. */
const FEW = 16;

/** An isolated world: a plan, what its requests share, a journal. */
export class Session {
  readonly id: string;
  readonly #parts: SessionParts;
  readonly #decisions: Decisions;
  readonly #journal: SessionJournal;
  readonly #idleWaiters: (() => void)[] = [];
  #scenario: LoadedScenario;
  /** The plan with the added rules before its own. */
  #active: Plan;
  /** Rules that were added, the first ones first. */
  #additions: (readonly Rule[])[] = [];
  #inFlight = 0;
  /** Requests without a byte of an answer yet, by fingerprint. */
  readonly #waiting = new Map<string, number>();
  #place: RecordPlace;
  readonly #book: RemoteBook;
  #lastUsedAt: number;
  #isLasting: boolean;

  constructor(parts: SessionParts) {
    this.id = parts.id;
    this.#parts = parts;
    this.#scenario = withDeclaredCalls(parts.scenario, parts.calls);
    this.#active = this.#scenario.plan;
    this.#decisions = new Decisions(parts.clock);
    this.#journal = new SessionJournal(parts.bounds);
    this.#lastUsedAt = parts.clock.now();
    this.#isLasting = parts.lasting;
    this.#place = this.#placeOf(parts.scenario);
    const expectation = () => this.#active.policy;
    this.#book = {
      clock: parts.clock,
      get expectation() {
        return expectation();
      },
      waits: (fingerprint) => void this.#waiting.set(fingerprint, (this.#waiting.get(fingerprint) ?? 0) + 1),
      answered: (fingerprint) => {
        const others = (this.#waiting.get(fingerprint) ?? 0) - 1;
        if (others > 0) this.#waiting.set(fingerprint, others);
        else this.#waiting.delete(fingerprint);
      },
      over: (record, recognition, outcome) => {
        if (recognition !== undefined) this.#decisions.settle(recognition, outcome);
        this.release();
        this.#close(record);
      },
      takePlace: (record) => this.#takePlace(record),
      give: (account, amounts) => this.#decisions.give(account, amounts),
    };
  }

  /** The largest body that is worth reading. */
  get maxBodyBytes(): number {
    return this.#active.maxBodyBytes;
  }

  get scenario(): LoadedScenario {
    return this.#scenario;
  }

  get plan(): Plan {
    return this.#active;
  }

  get lastUsedAt(): number {
    return this.#lastUsedAt;
  }

  /** Whether somebody made it, or gave it rules or a scenario: whoever comes back to it has to find it again. */
  get isLasting(): boolean {
    return this.#isLasting;
  }

  /** The time on the clock of the journal. */
  get now(): number {
    return this.#parts.clock.now();
  }

  /** When the first request arrived, on the engine's clock; undefined before it. */
  get startedAt(): number | undefined {
    return this.#decisions.startedAt;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** The rules that were put before those of the scenario, the first ones first. */
  get additions(): readonly (readonly Rule[])[] {
    return this.#additions;
  }

  /** The rules in the order in which they are asked. */
  get rules(): readonly PlannedRule[] {
    return this.#active.rules;
  }

  /** Finds out about a request what does not depend on others. */
  prepare(incoming: Incoming, destination: Destination): Prepared {
    return prepare(incoming, destination, this.#reader);
  }

  /**
   * Whether an equal request waits for the first byte of its answer. Not where many do: to wait with each of a crowd would
   * keep all of them in memory, and which of them came back is a guess in any case.
   */
  isWaiting({ request }: Prepared): boolean {
    return this.#waiting.size > 0 && this.isWaitingFor(request.fingerprint);
  }

  /** The same of a request of which the fingerprint is known. */
  isWaitingFor(fingerprint: string): boolean {
    const waiting = this.#waiting.get(fingerprint);
    return waiting !== undefined && waiting <= FEW;
  }

  /** Counts a request whose body is still on its way, until `release` is called for it. */
  begin(): void {
    this.#inFlight += 1;
    this.#lastUsedAt = this.#parts.clock.now();
  }

  /** To be called once for each `begin`. */
  release(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  /**
   * Decides what happens to a connection as it is accepted, or to a request whose head has come and whose body is not
   * read. Undefined when it goes on.
   */
  refuse(incoming: Incoming, destination: Destination): Exchange | undefined {
    return this.#refused(incoming, destination)?.exchange;
  }

  /** The same for what another process has met. */
  ruleEarly(incoming: Incoming, destination: Destination): RemoteRefusal | undefined {
    const refused = this.#refused(incoming, destination);
    if (refused === undefined) return undefined;
    const { applied, recognition, exchange } = refused;
    return { applied, recognition, finished: (performed) => exchange.finished(performed) };
  }

  #refused(
    incoming: Incoming,
    { path, forced }: Destination,
  ): { applied: FaultApplied; recognition: Correlation; exchange: Exchange } | undefined {
    const applied = this.#decisions.ruleEarly(incoming.headersAt, forced, this.#active);
    if (applied === undefined) return undefined;
    const { record, recognition, context } = this.#unread(incoming, path, applied);
    this.#inFlight += 1;
    const reply = applyFaults([], applied.faults, context);
    return { applied, recognition, exchange: new FollowedExchange(reply, applied, record, { book: this.#book }) };
  }

  /** Notes a request that its client left before its body was complete. */
  abandoned(incoming: Incoming, { path }: Destination, performed: Performed): void {
    const { record } = this.#unread(incoming, path, null);
    noteEnd(record, performed, { clock: this.#parts.clock, expectation: this.#active.policy });
    this.#close(record);
  }

  /** Decides what happens to a request. */
  receive(prepared: Prepared): Exchange {
    const { plan, incoming, request, step, preset } = prepared;
    // The rules of another plan have other places.
    if (plan !== this.#active) {
      const { path } = request;
      return this.receive(this.prepare(incoming, { path, call: step.evidence.pathCall, forced: step.forced, preset }));
    }
    return this.#exchange(prepared, this.#rule(step));
  }

  /** Decides what happens to a request that another process has read and answers. */
  rule(question: DecisionStep, { incoming, request, bodySha256 }: RemoteRequest): RemoteExchange {
    const { capacity, seed } = this.#active;
    const { limited, failsAt, preset: fated } = question;
    const ruling = this.#rule(question);
    const { correlation: recognition, limit: taken, applied } = ruling;
    const layer = taken?.refusal === undefined ? failsAt : 'api';
    const refusal = layer && { layer };
    const { requestId, random } = drawsOf(seed, recognition.drawKey);
    const received: Received = { incoming, request, bodySha256, recognition, refusal, applied, requestId, random };
    const record = this.#keep(received);
    if (limited && taken && applied !== null) {
      this.#giveBack(limited, taken, { applied, context: this.#contextOf(received) });
    }
    this.#inFlight += 1;
    const serves = capacity !== undefined && refusal === undefined && fated === undefined && applied === null;
    const { fingerprint } = request;
    return new RemoteExchange(ruling, record, { book: this.#book, fingerprint, account: limited?.name, serves });
  }

  #rule(question: DecisionStep): Decision {
    this.#lastUsedAt = Math.max(this.#lastUsedAt, question.evidence.at);
    return this.#decisions.decide(question, this.#active);
  }

  /** The answer to a request as it was decided on. */
  #exchange(prepared: Prepared, ruling: Decision): Exchange {
    const { request, limited, preset: fate } = prepared;
    const { correlation: recognition, limit: taken, applied } = ruling;
    const { clock, libraries } = this.#parts;
    const { received, refusal, context } = buildResponse(prepared, ruling, { plan: this.#active, clock, libraries });
    const record = this.#keep(received);
    if (limited && taken && applied !== null) this.#giveBack(limited, taken, { applied, context });
    const base = refusal === undefined ? this.#answered(record, context) : errorReply(refusal, context);
    this.#inFlight += 1;
    const reply = fate?.reply ?? (applied === null ? base : applyFaults(base, applied.faults, context));
    return new FollowedExchange(reply, applied, record, {
      book: this.#book,
      recognition,
      fingerprint: request.fingerprint,
      refund: limited && taken && (() => this.#decisions.give(limited.name, unusedOf(limited, taken, context))),
    });
  }

  /** Gives back what faults keep from being used. */
  #giveBack(
    { name, draw: { refusedDraws } }: Pick<LimitDraw, 'name' | 'draw'>,
    taken: LimitResult,
    { applied, context }: { applied: FaultApplied; context: ReplyContext },
  ): void {
    this.#decisions.give(name, refundForFaults(applied.faults, taken, { refusedDraws, context }));
  }

  journal(since = 0): JournalEntry[] {
    return this.#journal.since(since);
  }

  /** A record of this session as it is shown. */
  view(record: JournalRecord): JournalEntry {
    return this.#journal.view(record);
  }

  /** Entries that the journal holds. */
  get kept(): number {
    return this.#journal.kept;
  }

  /** Entries that fell out of the journal. */
  get dropped(): number {
    return this.#journal.dropped;
  }

  /** The calls of the journal. What was not read to its end belongs to none. */
  calls(): Call[] {
    return callsOf(this.journal().filter(({ t_bodyEnd }) => t_bodyEnd !== null));
  }

  /** The spans in which everything failed by plan, as these entries of the journal show, on its clock. */
  outages(entries: readonly JournalEntry[]): Outage[] {
    const { startedAt } = this;
    return startedAt === undefined
      ? []
      : outagesOf(
          this.#active.rules,
          startedAt,
          entries.filter(({ unserved }) => !unserved),
        );
  }

  /** The scenario, and how often each part of it struck. */
  scenarioUse(): ScenarioUse {
    return this.#decisions.use(this.#active);
  }

  /** Puts rules before all others; returns them as they are known from then on. */
  use(rules: readonly Rule[]): readonly PlannedRule[] {
    this.#isLasting = true;
    this.#active = withRules(this.#active, this.#additions.push(rules), rules, this.#parts.libraries);
    this.#parts.onPlan(this);
    return this.rules.slice(0, rules.length);
  }

  /** Runs another scenario from its beginning; the journal stays. */
  replaceScenario(scenario: LoadedScenario): void {
    this.#isLasting = true;
    this.#scenario = withDeclaredCalls(scenario, this.#parts.calls);
    this.#restart();
  }

  /** Back to the beginning: counters, buckets, calls, added rules and the journal are forgotten. */
  reset(): void {
    this.#restart();
    this.#journal.clear();
    // What is being answered keeps its number, and no other call may have the same.
    if (this.#inFlight === 0) this.#decisions.renumber();
  }

  /** Resolves when no request is being answered. */
  async idle(): Promise<void> {
    if (this.#inFlight > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  #placeOf({ plan }: LoadedScenario): RecordPlace {
    return { session: this.id, run: this.#parts.run, scenario: plan.name, seed: plan.seed };
  }

  #restart(): void {
    this.#decisions.clear();
    this.#active = this.#scenario.plan;
    this.#place = this.#placeOf(this.#scenario);
    this.#additions = [];
    this.#parts.onPlan(this);
  }

  /** A record of what was not read to its end. It belongs to no call: nobody can tell which. */
  #unread(
    incoming: Incoming,
    path: string,
    applied: FaultApplied | null,
  ): { record: JournalRecord; recognition: Correlation; context: ReplyContext } {
    const { clock } = this.#parts;
    this.#lastUsedAt = clock.now();
    const reading = readingOf(incoming.body);
    const request = apiRequestOf(incoming, path, reading);
    const bodySha256 = reading.sha256;
    const id = `unread ${this.#journal.nextSeq}`;
    const recognition: Correlation = { call: id, attempt: 1, evidence: 'first', certainty: 'ambiguous', drawKey: id };
    const { requestId, random } = drawsOf(this.#active.seed, id);
    const received: Received = { incoming, request, bodySha256, recognition, refusal: undefined, applied, requestId, random };
    return { record: this.#keep(received), recognition, context: this.#contextOf(received) };
  }

  #keep(received: Received): JournalRecord {
    return this.#journal.note(received, this.#place, this.#parts.clock.wall());
  }

  /**
   * The answer of the service, as far as it has capacity. A request takes its place when its answer is first asked for: a
   * fault that answers by itself uses none, one that waits first uses it later.
   */
  #answered(record: JournalRecord, context: ReplyContext): Reply {
    const { capacity } = this.#active;
    if (capacity === undefined) return healthyReply(context);
    const serve = () => servedAfter(this.#takePlace(record), capacity, context)[Symbol.iterator]();
    return { [Symbol.iterator]: serve };
  }

  #takePlace(record: JournalRecord): number | undefined {
    const waitMs = this.#decisions.takePlace(this.#active);
    record.queuedMs = waitMs ?? null;
    if (waitMs === undefined) record.refusedBy = 'api';
    return waitMs;
  }

  /** What requests are read by. */
  get #reader(): Reader {
    return { plan: this.#active, libraries: this.#parts.libraries };
  }

  /** The world as far as it is known here to a request of which little is. */
  #contextOf(received: Received): ReplyContext {
    const { clock, libraries } = this.#parts;
    const facts = factsOf(received.request, received.incoming.headers, this.#reader);
    return replyContextOf(received, { plan: this.#active, clock, libraries, facts, account: undefined });
  }

  /** Nothing will change about the record any more. */
  #close(record: JournalRecord): void {
    this.#journal.close(record);
    this.#parts.onEntry(record, this);
  }
}
