import type { ScenarioUse } from '../../core/backoff/verdict/judge.ts';
import type { Pending } from '../../core/capacity/backlog.ts';
import type { Clock } from '../../core/clock.ts';
import type { Correlation } from '../../core/correlation/correlation.ts';
import type { JournalBounds } from '../../core/journal/journal.ts';
import type { Libraries } from '../../core/libraries.ts';
import { isLost } from '../../core/openai/store/lost-error.ts';
import { SessionStore, type StoreChange, type StoreReference } from '../../core/openai/store/session-store.ts';
import type { Plan } from '../../core/plan/compile.ts';
import type { LimitLevels } from '../../core/plan/limit-levels.ts';
import { refundForFaults, takesPlace } from '../../exchange/admission.ts';
import { type Decision, type DecisionStep, type FaultChoice, NO_CHOICE, refusingLayer } from '../../exchange/decision-step.ts';
import { type Draws, drawsOf } from '../../exchange/draws.ts';
import type { Performed } from '../../exchange/performed.ts';
import { factsOf } from '../../exchange/prepare.ts';
import { endedAtOf, type JournalRecord, noteEnd, type RecordPlace } from '../../exchange/record.ts';
import { replyContextOf } from '../../exchange/reply-context-of.ts';
import { type ReadRequest, unreadRequest } from '../../exchange/unread-request.ts';
import { Decisions, type Repay } from '../decisions.ts';
import type { Downtimes } from '../downtimes.ts';
import { SessionJournal } from '../session-journal.ts';
import type { SessionWorld } from '../session-world.ts';
import { type Ending, type FollowingState, InMemoryExchange, NOT_FOLLOWED, UNREAD } from './in-memory-exchange.ts';
import type { Decided, ExchangeEnd, QueuePlace, SessionState, UnreadRequest } from './session-state.ts';
import { STORE_READERS } from './store-readers.ts';
import { turnIn } from './turn-in.ts';

/** The plan that is in force, and where the records that come under it belong. */
export interface PlanInForce {
  readonly plan: Plan;
  readonly version: number;
  readonly place: RecordPlace;
}

export interface InMemoryStateParts {
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly bounds: JournalBounds;
  /** When the server was down. */
  readonly downtimes: Downtimes;
  readonly inForce: PlanInForce;
  readonly world: SessionWorld;
  /** Called when a request begins to be answered. */
  onOpened(record: JournalRecord): void;
  /** Called when nothing will change about a record any more. */
  onClosed(record: JournalRecord): void;
}

/** Equal requests that wait, and are few enough to tell which of them is sent again. */
const FEW = 16;

/** The state of a session in this process. */
export class InMemoryState implements SessionState, FollowingState {
  readonly journal: SessionJournal;
  readonly #parts: InMemoryStateParts;
  readonly #decisions: Decisions;
  readonly #idleWaiters: (() => void)[] = [];
  /** Requests without a byte of a reply yet, by fingerprint. */
  readonly #waiting = new Map<string, number>();
  /** What responses and conversations are kept in. */
  #store: SessionStore | undefined;
  #inForce: PlanInForce;
  #inFlight = 0;
  #lastUsedAt: number;

  constructor(parts: InMemoryStateParts) {
    this.#parts = parts;
    this.#inForce = parts.inForce;
    this.#decisions = new Decisions(parts.clock, parts.world);
    this.journal = new SessionJournal(parts.bounds);
    this.#lastUsedAt = parts.clock.now();
  }

  get plan(): Plan {
    return this.#inForce.plan;
  }

  get planVersion(): number {
    return this.#inForce.version;
  }

  get lastUsedAt(): number {
    return this.#lastUsedAt;
  }

  /** When the first request arrived; undefined before it. */
  get startedAt(): number | undefined {
    return this.#decisions.startedAt;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  decide(step: DecisionStep): Decided | 'stale' {
    const { plan, version, place } = this.#inForce;
    if (step.planVersion !== version) return 'stale';
    if (step.traits.carrier === 'line') return { ...this.#decisions.decideLine(step, plan), exchange: NOT_FOLLOWED };
    this.#lastUsedAt = Math.max(this.#lastUsedAt, step.evidence.at);
    const found = step.reference && this.#storeInUse().find(step.reference);
    const failsAt = step.failsAt ?? (found !== undefined && isLost(found) ? 'api' : undefined);
    const decision = this.#decisions.decide(failsAt === step.failsAt ? step : { ...step, failsAt }, plan);
    const { correlation, elapsedMs, limit, applied, faults, choice } = decision;
    const { limited, request } = step;
    const draws = drawsOf(plan.seed, correlation.drawKey);
    const layer = refusingLayer(step, decision, failsAt);
    const record = this.#keep(step, decision, { draws, layer, place });
    this.#parts.onOpened(record);
    const repay = limited && this.#decisions.repayment(limited.name, plan);
    if (applied !== null) this.#repayFor(step, decision, { repay, draws });
    this.#inFlight += 1;
    const exchange = new InMemoryExchange(this, record, {
      correlation,
      fingerprint: request.fingerprint,
      repay,
      vacate: limit && layer === undefined ? this.#occupy(step, faults, { draws, elapsedMs, choice }) : undefined,
      body: step.reference && (step.keptBody ?? step.incoming.body),
      turn: step.replies?.conversation?.at,
      locked: layer === undefined ? this.#lock(step.reference, faults) : undefined,
      faults,
    });
    return { correlation, elapsedMs, limit, applied, faults, choice, exchange, draws, found };
  }

  decideEarly({ incoming, path, forced }: UnreadRequest): Decided | undefined {
    const chosen = this.#decisions.decideEarly(
      { at: incoming.headersAt, awaitsTls: incoming.connection.awaitsTls === true, forced },
      this.plan,
    );
    if (chosen === undefined) return undefined;
    const { record, decision, draws } = this.#unread({ incoming, path }, chosen);
    const { faults } = decision;
    this.#inFlight += 1;
    const exchange = new InMemoryExchange(this, record, { ...UNREAD, faults });
    return { ...decision, exchange, draws };
  }

  abandoned(request: Omit<UnreadRequest, 'forced'>, performed: Performed): void {
    const { record } = this.#unread(request, NO_CHOICE);
    this.#parts.downtimes.noteCut(record, performed);
    noteEnd(record, performed, {
      endedAt: endedAtOf(performed, this.#parts.clock),
      expectation: this.plan.policy,
      faults: [],
      question: () => undefined,
    });
    this.#close(record);
  }

  begin(): void {
    this.#inFlight += 1;
    this.#lastUsedAt = this.#parts.clock.now();
  }

  release(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }

  /** Not where many wait: to wait with each would keep all in memory, and which of them came back is a guess in any case. */
  isWaiting(fingerprint: string): boolean {
    if (this.#waiting.size === 0) return false;
    const waiting = this.#waiting.get(fingerprint);
    return waiting !== undefined && waiting <= FEW;
  }

  /** Decides by another plan from now on; what was decided so far counts on. */
  adopt(inForce: PlanInForce): void {
    this.#inForce = inForce;
  }

  /** Forgets all but the journal, and decides by that plan from now on. */
  restart(inForce: PlanInForce): void {
    this.#decisions.clear();
    this.#store?.clear();
    this.#inForce = inForce;
  }

  /** Gives back the memory of a session that is closed. */
  giveBack(): void {
    this.journal.giveBack();
    this.#store?.clear();
    this.#decisions.close();
  }

  /** Calls are numbered from the beginning again. While a request is answered they are not: no other call may have its number. */
  renumber(): void {
    if (this.#inFlight === 0) this.#decisions.renumber();
  }

  /** The scenario, and how often each part of it struck. */
  scenarioUse(): ScenarioUse {
    return this.#decisions.use(this.plan);
  }

  /** What is left of the limits, for accounts that were used lately. */
  limitLevels(): LimitLevels[] {
    return this.#decisions.limitLevels(this.plan);
  }

  /** What the service has to do; undefined where its capacity has no bound. */
  pending(): Pending | undefined {
    return this.#decisions.pending(this.plan);
  }

  /** Resolves when no request is being answered. */
  async idle(): Promise<void> {
    if (this.#inFlight > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /** A request of this fingerprint waits for the first byte of its reply. */
  addWaiting(fingerprint: string): void {
    this.#waiting.set(fingerprint, (this.#waiting.get(fingerprint) ?? 0) + 1);
  }

  /** It waits no more. */
  removeWaiting(fingerprint: string): void {
    const others = (this.#waiting.get(fingerprint) ?? 0) - 1;
    if (others > 0) this.#waiting.set(fingerprint, others);
    else this.#waiting.delete(fingerprint);
  }

  /** Takes a place in the queue of the service for the request of a record. */
  reserve(record: JournalRecord): QueuePlace {
    const waitMs = this.#decisions.takePlace(this.plan);
    record.queuedMs = waitMs ?? null;
    if (waitMs === undefined) record.refusedBy = 'api';
    return { waitMs };
  }

  /** Changes what the session keeps. `body` is that of the request that makes the change, `turn` its place in its conversation. */
  keep(change: StoreChange, body: Uint8Array, turn: string | undefined): void {
    this.#storeInUse().apply(change, body);
    if (turn !== undefined) this.#decisions.nameTurn(turnIn(change), turn);
  }

  /** No request works on the conversation any more. */
  unlock(conversation: string): void {
    this.#store?.unlock(conversation);
  }

  /** Ends an exchange. The correlation is that of a request that was read to its end. */
  end(
    record: JournalRecord,
    { correlation, faults }: Ending,
    { performed, endedAt, billed, brokenCalls, recorded }: ExchangeEnd,
  ): void {
    if (recorded !== undefined) this.journal.noteResponse(record, recorded);
    record.billedTokens = billed;
    record.brokenCalls = brokenCalls ?? null;
    this.#parts.downtimes.noteCut(record, performed);
    const question = () => this.journal.questionOf(record);
    const outcome = noteEnd(record, performed, { endedAt, expectation: this.plan.policy, faults, question });
    if (correlation !== undefined) this.#decisions.settle(correlation, outcome);
    this.release();
    this.#close(record);
  }

  /** Puts back what faults leave unused of what the request drew. */
  #repayFor(
    step: DecisionStep,
    { limit, faults, elapsedMs, choice }: Decision,
    { repay, draws }: { readonly repay: Repay | undefined; readonly draws: Draws },
  ): void {
    if (repay === undefined || step.limited === undefined || limit === undefined) return;
    const context = this.#contextOf(step, { draws, elapsedMs, choice });
    repay(refundForFaults(faults, limit, { refusedDraws: step.limited.draw.refusedDraws, context }));
  }

  /** Counts that a rule struck the server as a whole. */
  struckServer(rule: string): void {
    this.#decisions.struckServer(rule);
  }

  /** Takes a place for an admitted request among those of its account; undefined where it needs none. */
  #occupy(step: DecisionStep, faults: Decision['faults'], drawn: Drawn): (() => void) | undefined {
    const { limited } = step;
    if (limited === undefined || !takesPlace(limited, faults, () => this.#contextOf(step, drawn))) return undefined;
    return this.#decisions.occupy(limited);
  }

  #storeInUse(): SessionStore {
    return (this.#store ??= new SessionStore(STORE_READERS, this.#parts.bounds.budget));
  }

  /** Takes the conversation of a request that will be answered. A fault that answers in its place leaves it alone. */
  #lock(reference: StoreReference | undefined, faults: Decision['faults']): string | undefined {
    const conversation = reference?.about === 'turn' ? reference.conversation : undefined;
    if (conversation === undefined || faults.some(({ isFinal }) => isFinal)) return undefined;
    this.#storeInUse().lock(conversation);
    return conversation;
  }

  /** A record of what was not read to its end. It belongs to no call: nothing tells which. */
  #unread(
    { incoming, path }: Omit<UnreadRequest, 'forced'>,
    chosen: FaultChoice,
  ): { record: JournalRecord; decision: Decision; draws: Draws } {
    const { plan, place } = this.#inForce;
    this.#lastUsedAt = this.#parts.clock.now();
    const id = `unread ${this.journal.nextSeq}`;
    const correlation: Correlation = { call: id, attempt: 1, evidence: 'first', certainty: 'ambiguous', drawKey: id };
    const decision = { correlation, elapsedMs: 0, limit: undefined, ...chosen };
    const draws = drawsOf(plan.seed, id);
    const record = this.#keep(unreadRequest(incoming, path, plan), decision, { draws, layer: undefined, place });
    return { record, decision, draws };
  }

  #keep(
    { incoming, request, bodySha256, letThrough, recorded }: ReadRequest,
    { correlation: recognition, applied }: Decision,
    { draws: { requestId, random }, layer, place }: Kept,
  ): JournalRecord {
    const refusal = layer && { layer };
    const received = { incoming, request, bodySha256, recognition, refusal, applied, requestId, random, letThrough, recorded };
    return this.journal.note(received, place, this.#parts.clock.wall());
  }

  /** The context of a reply, as far as it is known without its account. */
  #contextOf(step: DecisionStep, { draws, elapsedMs, choice }: Drawn) {
    const { clock, libraries } = this.#parts;
    const { plan } = this;
    const facts = factsOf(step.request, step.incoming.headers, { plan, libraries });
    return replyContextOf(step, {
      plan,
      clock,
      libraries,
      facts,
      account: undefined,
      draws,
      elapsedMs,
      choice,
      unchanged: false,
    });
  }

  #close(record: JournalRecord): void {
    this.journal.close(record);
    this.#parts.onClosed(record);
  }
}

/** What was decided, as far as an answer depends on it. */
interface Drawn extends Pick<Decision, 'elapsedMs' | 'choice'> {
  readonly draws: Draws;
}

/** What a record needs beside request and decision. */
interface Kept {
  readonly draws: Draws;
  /** The layer that refuses the request. */
  readonly layer: DecisionStep['failsAt'];
  readonly place: RecordPlace;
}
