import { judge } from '../core/backoff/judge.ts';
import type { Policy } from '../core/backoff/policy.ts';
import type { Circumstances } from '../core/backoff/subject.ts';
import type { Verdict } from '../core/backoff/verdict.ts';
import { CallRecogniser } from '../core/calls/recognise.ts';
import type { Recognition } from '../core/calls/sighting.ts';
import type { Clock } from '../core/clock.ts';
import { applyFaults, type FaultCall } from '../core/faults/registry.ts';
import { type Call, callsOf } from '../core/journal/calls.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import { Journal, type JournalBounds } from '../core/journal/journal.ts';
import type { Libraries } from '../core/libraries.ts';
import { healthyReply } from '../core/openai/answer.ts';
import { type ErrorAnswer, errorReply } from '../core/openai/error.ts';
import { naturalError } from '../core/openai/natural-error.ts';
import { promptTokens } from '../core/openai/tokens.ts';
import { compileRules, depthOf, type Plan, type PlannedRule, stepOf } from '../core/plan/compile.ts';
import { createCounters } from '../core/plan/counters.ts';
import { callScope, type Decision, decide } from '../core/plan/decide.ts';
import { Facts } from '../core/plan/facts.ts';
import { outagesOf } from '../core/plan/outages.ts';
import { ruleUseOf } from '../core/plan/rule-use.ts';
import type { Head, Reply } from '../core/reply/effect.ts';
import type { Rule } from '../core/scenario/schema.ts';
import { Admissions } from './admission.ts';
import { entryView } from './entry-view.ts';
import { apiRequestOf, type Incoming, sha256 } from './incoming.ts';
import type { LoadedScenario } from './load-scenario.ts';
import type { Performed } from './performed.ts';
import { type JournalRecord, noteEnd, noteHead, type Received, recordOf, requestIdOf } from './record.ts';
import { replyContextOf } from './reply-context.ts';

/** What a session is made of. */
export interface SessionParts {
  readonly id: string;
  readonly run: string;
  readonly scenario: LoadedScenario;
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly bounds: JournalBounds;
  readonly maxBodyBytes: number;
  onEntry(entry: JournalRecord): void;
}

/** What a request is aimed at. */
export interface Destination {
  /** What OpenAI would see. */
  readonly path: string;
  /** The token of `/s/<session>/c/<call>/…`. */
  readonly call: string | undefined;
  /** The faults that `x-mock-fault` asks for. */
  readonly forced: readonly FaultCall[] | undefined;
}

/** One request on its way: what to send, and whom to tell how it went. */
export interface Exchange {
  readonly reply: Reply;
  /** To be called just before the head is handed to the socket. */
  headSent(head: Head): void;
  /** To be called once, when the exchange is over. */
  finished(performed: Performed): void;
}

/** An isolated world: a plan, its counters and buckets, the calls it has seen, a journal. */
export class Session {
  readonly id: string;
  readonly #parts: SessionParts;
  readonly #counters = createCounters();
  readonly #admissions = new Admissions();
  readonly #recogniser = new CallRecogniser((call) => this.#counters.forget(callScope(call)));
  readonly #journal: Journal<JournalRecord>;
  readonly #idleWaiters: (() => void)[] = [];
  #scenario: LoadedScenario;
  /** The plan with the added rules before its own. */
  #active: Plan;
  #addedCount = 0;
  /** How often each rule struck. */
  readonly #served = new Map<string, number>();
  #startedAt: number | undefined;
  #inFlight = 0;
  /** Requests without a byte of an answer yet, by fingerprint. */
  readonly #waiting = new Map<string, number>();
  #lastUsedAt: number;

  constructor(parts: SessionParts) {
    this.id = parts.id;
    this.#parts = parts;
    this.#scenario = parts.scenario;
    this.#active = parts.scenario.plan;
    this.#journal = new Journal(parts.bounds);
    this.#lastUsedAt = parts.clock.now();
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

  get inFlight(): number {
    return this.#inFlight;
  }

  /** The rules in the order in which they are asked. */
  get rules(): readonly PlannedRule[] {
    return this.#active.rules;
  }

  /** Whether an equal request waits for the first byte of its answer. */
  isWaiting(incoming: Incoming, path: string): boolean {
    if (this.#waiting.size === 0) return false;
    return this.#waiting.has(apiRequestOf(incoming, path, sha256(incoming.body)).fingerprint);
  }

  /** Decides what happens to a request. */
  receive(incoming: Incoming, { path, call, forced }: Destination): Exchange {
    const { clock } = this.#parts;
    this.#lastUsedAt = clock.now();
    this.#startedAt ??= incoming.headersAt;
    const bodySha256 = sha256(incoming.body);
    const request = apiRequestOf(incoming, path, bodySha256);
    const { headers, connection, headersAt: at } = incoming;
    const recognition = this.#recogniser.arrive({
      pathCall: call,
      headers,
      fingerprint: request.fingerprint,
      at,
      connection,
    });
    const facts = new Facts(request, (asked) => promptTokens(asked, this.#active.settings, this.#parts.libraries));
    const error = this.#naturalError(facts);
    const admission = error === undefined ? this.#admissions.admit(request, this.#active, clock) : undefined;
    const refusal = error ?? admission?.refusal;
    const decision = this.#decide(facts, recognition, refusal, { forced, at });
    const requestId = requestIdOf(this.#active.seed, recognition.drawKey);
    const received: Received = {
      incoming,
      request,
      bodySha256,
      recognition,
      refusal,
      applied: decision ?? null,
      requestId,
    };
    const record = recordOf(received, {
      seq: this.#journal.nextSeq,
      session: this.id,
      run: this.#parts.run,
      plan: this.#active,
      wallMs: clock.wall(),
    });
    this.#journal.append(record);
    const context = replyContextOf(received, {
      plan: this.#active,
      clock,
      libraries: this.#parts.libraries,
      facts,
      account: admission?.account,
    });
    if (decision !== undefined) {
      admission?.decided(decision, context);
      this.#served.set(decision.rule, (this.#served.get(decision.rule) ?? 0) + 1);
    }
    const base = refusal === undefined ? healthyReply(context) : errorReply(refusal, context);
    this.#inFlight += 1;
    const answered = this.#wait(request.fingerprint);
    return {
      reply: applyFaults(base, decision?.faults ?? [], context),
      headSent: (head) => {
        answered();
        noteHead(record, head, clock);
      },
      finished: (performed) => {
        answered();
        if (record.status === 200) admission?.answered(context);
        this.#finished(record, recognition.call, performed);
      },
    };
  }

  journal(since = 0): JournalEntry[] {
    return this.#journal.since(since).map(entryView);
  }

  /** Entries that fell out of the journal. */
  get dropped(): number {
    return this.#journal.dropped;
  }

  calls(): Call[] {
    return callsOf(this.journal());
  }

  /** Judges the client by what the journal shows. */
  verdict(policy: Policy, circumstances: Partial<Circumstances> = {}): Verdict {
    const { rules, name, seed } = this.#active;
    return judge(
      this.journal(),
      { watchedUntil: this.#parts.clock.now(), outages: outagesOf(rules, this.#startedAt ?? 0), ...circumstances },
      policy,
      { name, seed, rules: ruleUseOf(rules, this.#served) },
    );
  }

  /** Puts rules before all others; returns them as they are known from then on. */
  use(rules: readonly Rule[]): readonly PlannedRule[] {
    this.#addedCount += 1;
    const taken = new Set(this.rules.map(({ id }) => id));
    const planned = compileRules(rules, this.#parts.libraries, `added[${this.#addedCount}]`).map((rule) =>
      taken.has(rule.id) ? { ...rule, id: `${rule.id} (added ${this.#addedCount})` } : rule,
    );
    this.#active = { ...this.#active, rules: [...planned, ...this.rules] };
    return planned;
  }

  /** Runs another scenario from its beginning; the journal stays. */
  replaceScenario(scenario: LoadedScenario): void {
    this.#scenario = scenario;
    this.#restart();
  }

  /** Back to the beginning: counters, buckets, calls, added rules and the journal are forgotten. */
  reset(): void {
    this.#restart();
    this.#journal.clear();
  }

  /** Resolves when no request is being answered. */
  async idle(): Promise<void> {
    if (this.#inFlight > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Counts a request as waiting until the function returned is first called. */
  #wait(fingerprint: string): () => void {
    const change = (by: number) => {
      const count = (this.#waiting.get(fingerprint) ?? 0) + by;
      if (count === 0) this.#waiting.delete(fingerprint);
      else this.#waiting.set(fingerprint, count);
    };
    change(1);
    let waiting = true;
    return () => {
      if (waiting) change(-1);
      waiting = false;
    };
  }

  #restart(): void {
    this.#counters.clear();
    this.#admissions.clear();
    this.#recogniser.clear();
    this.#active = this.#scenario.plan;
    this.#startedAt = undefined;
    this.#addedCount = 0;
    this.#served.clear();
  }

  #naturalError(facts: Facts): ErrorAnswer | undefined {
    const { auth, settings } = this.#active;
    const { maxBodyBytes, libraries } = this.#parts;
    const { models, tokens } = settings;
    return naturalError(facts.request, { auth, models, tokens, maxBodyBytes, libraries, promptTokens: () => facts.tokens });
  }

  #decide(
    facts: Facts,
    { call, attempt, drawKey }: Recognition,
    refusal: ErrorAnswer | undefined,
    { forced, at }: { forced: readonly FaultCall[] | undefined; at: number },
  ): Decision | undefined {
    if (forced !== undefined) {
      const { strikes } = stepOf(forced);
      const reached = refusal === undefined || depthOf(strikes) < depthOf(refusal.layer);
      return reached ? { rule: 'x-mock-fault', faults: forced } : undefined;
    }
    const elapsedMs = Math.max(0, at - (this.#startedAt ?? at));
    const arrival = {
      facts,
      call,
      attempt,
      drawKey,
      elapsedMs,
      refusedBy: refusal?.layer,
    };
    return decide(this.#active, this.#counters, arrival);
  }

  #finished(record: JournalRecord, call: string, performed: Performed): void {
    this.#recogniser.settle(call, noteEnd(record, performed, this.#parts.clock));
    this.#inFlight -= 1;
    this.#parts.onEntry(record);
    if (this.#inFlight === 0) for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }
}
