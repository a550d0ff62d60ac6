import type { ScenarioUse } from '../core/backoff/verdict/judge.ts';
import type { Pending } from '../core/capacity/backlog.ts';
import type { Clock } from '../core/clock.ts';
import type { Correlation } from '../core/correlation/correlation.ts';
import type { Outcome } from '../core/correlation/outcome.ts';
import { needTls } from '../core/faults/bound-fault.ts';
import type { AccountHolder } from '../core/limits/account-holder.ts';
import { type Amounts, createBuckets, type LimitResult } from '../core/limits/buckets.ts';
import { capacityAt } from '../core/limits/capacity-course.ts';
import type { Layer } from '../core/openai/wire/layer.ts';
import { deepest, type Plan, type Step } from '../core/plan/compile.ts';
import { createCounters } from '../core/plan/counters.ts';
import { callScope, decide, decideConnection, type FaultDecision, isReached } from '../core/plan/decide.ts';
import { type AccountInUse, type LimitLevels, limitLevels } from '../core/plan/limit-levels.ts';
import { type OpenChoice, type ReplyChoice, ReplySteps } from '../core/plan/reply-steps.ts';
import { ruleUseOf } from '../core/plan/rule-use.ts';
import type { LimitDraw } from '../exchange/admission.ts';
import { type Decision, type DecisionStep, type FaultChoice, isUnmatched, NO_CHOICE } from '../exchange/decision-step.ts';
import { CapacityGate } from './capacity-gate.ts';
import type { SessionWorld } from './session-world.ts';

/** The limits of a scenario, where the use of its rules is told. */
const LIMITS = 'limits';
/** Its capacity. */
const CAPACITY = 'capacity';

/** Accounts that are looked at: all that serve a request, and of the others the last that were used. */
const MOST_ACCOUNTS = 1_000;

/** Requests of an account that are being served. */
interface Places {
  taken: number;
  readonly holder: AccountHolder | undefined;
}

/** Puts back what was drawn, or a part of it. */
export type Repay = (amounts: Amounts | undefined) => void;

/**
 * All that the requests of a session share, and the steps that change it: the calls that were seen, counters, buckets, the
 * queue of the service. What a plan says is handed in, for it may change between two requests.
 */
export class Decisions {
  readonly #clock: Clock;
  readonly #counters = createCounters();
  readonly #replySteps = new ReplySteps();
  #buckets = createBuckets();
  readonly #gate = new CapacityGate();
  /** Requests that are being served, by account. */
  readonly #places = new Map<string, Places>();
  readonly #world: SessionWorld;
  readonly #leaveWorld: () => void;
  /** How often each rule struck. */
  readonly #served = new Map<string, number>();
  #startedAt: number | undefined;
  /** Connections that rules were asked about. */
  #connections = 0;

  constructor(clock: Clock, world: SessionWorld) {
    this.#clock = clock;
    this.#world = world;
    this.#leaveWorld = world.onForget((call) => {
      this.#counters.forget(callScope(call));
      this.#replySteps.forget(call);
    });
  }

  /** When the first request arrived; undefined before it. */
  get startedAt(): number | undefined {
    return this.#startedAt;
  }

  /** The one step that depends on the requests before: all that they share is asked and changed here. */
  decide(step: DecisionStep, plan: Plan): Decision {
    const { evidence, failsAt, limited, request } = step;
    this.#begin(evidence.at, request.endpoint?.startsClock !== false);
    const elapsedMs = this.#elapsedMs(evidence.at, plan);
    const correlation = this.#world.correlator.observe(evidence);
    const limit = limited && this.#admit(limited, plan);
    const refusedBy = limit?.refusal === undefined ? failsAt : 'api';
    const { applied, faults, choice } = this.#choose(step, { correlation, elapsedMs, refusedBy }, plan);
    if (applied === null && limit?.refusal !== undefined) this.#strike(LIMITS);
    return { correlation, elapsedMs, limit, applied, faults, choice };
  }

  /** What goes on from the response or the conversation of that name goes on from that place in a conversation. */
  nameTurn(name: string | undefined, at: string): void {
    if (name !== undefined) this.#replySteps.name(name, at);
  }

  /**
   * The same for a request of a batch: the service makes it, so that it is no call of the client, draws from no buckets, and has no
   * attempt but one. Its name tells it from all others.
   */
  decideLine(step: DecisionStep, plan: Plan): Decision {
    const id = `line ${step.evidence.pathCall ?? ''}`;
    const correlation: Correlation = { call: id, attempt: 1, evidence: 'first', certainty: 'exact', drawKey: id };
    const elapsedMs = this.#elapsedMs(step.evidence.at, plan);
    const { applied, faults, choice } = this.#choose(step, { correlation, elapsedMs, refusedBy: step.failsAt }, plan);
    this.#counters.forget(callScope(id));
    this.#replySteps.forget(id);
    return { correlation, elapsedMs, limit: undefined, applied, faults, choice };
  }

  /** A request of the account is served from now on. To be ended by what this returns. */
  occupy({ name: account, draw: { holder } }: Pick<LimitDraw, 'name' | 'draw'>): () => void {
    let places = this.#places.get(account);
    if (places === undefined) this.#places.set(account, (places = { taken: 0, holder }));
    const own = places;
    own.taken += 1;
    return () => {
      own.taken -= 1;
      if (own.taken === 0 && this.#places.get(account) === own) this.#places.delete(account);
    };
  }

  /** What strikes at that time before anything of the request, or anything but its head, is read. */
  decideEarly({ at, awaitsTls, forced }: Early, plan: Plan): FaultDecision | undefined {
    const chosen = this.#early({ at, awaitsTls, forced }, plan);
    if (chosen === undefined) return undefined;
    this.#begin(at, true);
    this.#struck(chosen);
    return chosen;
  }

  /** Tells how an attempt of a call ended. */
  settle(recognition: Correlation, outcome: Outcome): void {
    this.#world.correlator.complete(recognition, outcome);
  }

  /**
   * Puts back into the buckets of an account what is not used of that which was drawn just now. What was drawn before everything
   * was forgotten goes back into nothing.
   */
  repayment(account: string, plan: Plan): Repay {
    const drawnMs = this.#elapsedMs(this.#clock.now(), plan);
    const buckets = this.#buckets;
    return (amounts) => {
      const at = this.#clock.now();
      if (amounts !== undefined) buckets.refund(account, amounts, { at, clockMs: this.#elapsedMs(at, plan), drawnMs });
    };
  }

  /** Takes a place in the queue of the service: how long the request waits, undefined when it is refused. */
  takePlace({ capacity }: Plan): number | undefined {
    if (capacity === undefined) return 0;
    const waitMs = this.#gate.take(capacity, this.#clock.now());
    if (waitMs === undefined) this.#strike(CAPACITY);
    return waitMs;
  }

  /** What is left of the limits, for accounts that were used lately. Nothing comes of looking. */
  limitLevels(plan: Plan): LimitLevels[] {
    const at = this.#clock.now();
    const clockMs = this.#elapsedMs(at, plan);
    return limitLevels(plan.limits, this.#accountsInUse({ at, clockMs }), clockMs);
  }

  /** What the service has to do; undefined where its capacity has no bound. */
  pending({ capacity }: Plan): Pending | undefined {
    return capacity && this.#gate.look(capacity, this.#clock.now());
  }

  *#accountsInUse({ at, clockMs }: { readonly at: number; readonly clockMs: number }): Generator<AccountInUse> {
    const holders = new Map<string, AccountHolder>();
    for (const [name, { holder }] of this.#places) if (holder !== undefined) holders.set(name, holder);
    for (const [name, holder] of this.#buckets.recent()) {
      if (holders.size >= MOST_ACCOUNTS) break;
      holders.set(name, holder);
    }
    for (const [name, holder] of holders)
      yield {
        holder,
        inFlight: this.#places.get(name)?.taken ?? 0,
        look: (under) => this.#buckets.look(name, under, at, clockMs),
      };
  }

  /** The scenario, and how often each part of it struck. */
  use({ rules, limits, capacity, name, seed }: Plan): ScenarioUse {
    const uses = ruleUseOf(rules, this.#served);
    const add = (id: string) => uses.push({ id, harmful: true, served: this.#served.get(id) ?? 0 });
    if (limits.length > 0) add(LIMITS);
    if (capacity !== undefined) add(CAPACITY);
    return { name, seed, rules: uses };
  }

  /** Numbers calls from 1 again. No request that is under way may know a call by its number. */
  renumber(): void {
    this.#world.correlator.renumber();
  }

  /** The session is closed: the calls of the others are none of it. */
  close(): void {
    this.#leaveWorld();
  }

  /** Back to the beginning. */
  clear(): void {
    this.#counters.clear();
    this.#replySteps.clear();
    this.#buckets = createBuckets();
    this.#gate.clear();
    this.#places.clear();
    this.#world.clear();
    this.#served.clear();
    this.#startedAt = undefined;
    this.#connections = 0;
  }

  /** What is said, and what strikes. A step of a sequence is used up where its answer is made. */
  #choose(step: DecisionStep, circumstances: Circumstances, plan: Plan): Chosen {
    const { replies, preset } = step;
    const { correlation, elapsedMs } = circumstances;
    const { call } = correlation;
    const choice = replies && this.#replySteps.choose(plan.replies, replies, call);
    const refusedBy = isUnmatched(step, choice) ? 'api' : circumstances.refusedBy;
    const chosen = preset ?? this.#decide(step, { correlation, elapsedMs, refusedBy }, plan) ?? NO_CHOICE;
    this.#struck(chosen);
    if (replies && choice && refusedBy === undefined && !chosen.faults.some(({ isFinal }) => isFinal))
      this.#replySteps.note(choice, replies, call);
    return { applied: chosen.applied, faults: chosen.faults, choice: plainChoice(choice) };
  }

  #decide(
    { forced, matches, traits }: DecisionStep,
    { correlation: { call, attempt, drawKey }, elapsedMs, refusedBy }: Circumstances,
    plan: Plan,
  ): FaultDecision | undefined {
    if (forced !== undefined) return isReached({ traits, refusedBy }, forced) ? asked(forced) : undefined;
    return decide(plan, this.#counters, { matches, traits, call, attempt, drawKey, elapsedMs, refusedBy });
  }

  #early({ at, awaitsTls, forced }: Early, plan: Plan): FaultDecision | undefined {
    if (forced !== undefined) return forced.strikes === 'accept' && !needTls(forced.faults) ? asked(forced) : undefined;
    if (!plan.rules.some(({ appliesAt: meets }) => meets === 'connection')) return undefined;
    this.#connections += 1;
    const arrival = { ordinal: this.#connections, elapsedMs: this.#elapsedMs(at, plan), awaitsTls };
    const decision = decideConnection(plan, this.#counters, arrival);
    // `ok` as a step lets the connection pass, as it lets a request pass.
    return decision !== undefined && deepest(decision.faults) === 'accept' ? decision : undefined;
  }

  #admit({ name, draw }: Pick<LimitDraw, 'name' | 'draw'>, plan: Plan): LimitResult {
    const now = this.#clock.now();
    const clockMs = this.#elapsedMs(now, plan);
    const most = draw.inFlight === undefined ? Number.POSITIVE_INFINITY : capacityAt(draw.inFlight, clockMs);
    const used = this.#places.get(name)?.taken ?? 0;
    if (used < most) return this.#buckets.draw(name, draw, now, clockMs);
    const buckets = this.#buckets.look(name, draw, now, clockMs);
    return { refusal: { reason: 'in_flight', limit: most, used }, buckets, drawn: {} };
  }

  /** A request arrives. The first call is what the world may count from. */
  #begin(at: number, isCall: boolean): void {
    this.#startedAt ??= at;
    if (isCall) this.#world.callCame(at);
  }

  /** What has passed since the moment that the plan counts from. */
  #elapsedMs(at: number, plan: Plan): number {
    return Math.max(0, at - (this.#world.countedFrom(plan) ?? at));
  }

  /** Counts that a rule struck the server as a whole. */
  struckServer(rule: string): void {
    this.#strike(rule);
  }

  #struck({ applied }: FaultChoice): void {
    if (applied !== null) this.#strike(applied.rule);
  }

  /** Counts what a part of the scenario did to a request. */
  #strike(id: string): void {
    this.#served.set(id, (this.#served.get(id) ?? 0) + 1);
  }
}

/** A connection as it is accepted, or a request whose head alone has come. */
interface Early {
  readonly at: number;
  readonly awaitsTls: boolean;
  readonly forced: Step | undefined;
}

/** What is known of a request when rules are asked about it. */
interface Circumstances extends Pick<Decision, 'correlation' | 'elapsedMs'> {
  /** The layer that refuses it by itself. */
  readonly refusedBy: Layer | undefined;
}

/** What came of a decision. */
type Chosen = Pick<Decision, 'applied' | 'faults' | 'choice'>;

function plainChoice(choice: OpenChoice | undefined): ReplyChoice | undefined {
  return choice && { place: choice.place, step: choice.step };
}

/** What `x-mock-fault` asks for. */
function asked({ calls, faults }: Step): FaultDecision {
  return { applied: { rule: 'x-mock-fault', faults: calls }, faults };
}
