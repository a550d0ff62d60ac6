import type { Clock } from '../core/clock.ts';
import { applyFaults } from '../core/faults/bound-fault.ts';
import type { Libraries } from '../core/libraries.ts';
import { errorReply } from '../core/openai/errors/error.ts';
import type { Bill, ReplyContext } from '../core/openai/request/reply-context.ts';
import type { StoreChange } from '../core/openai/store/session-store.ts';
import type { Plan, Step } from '../core/plan/compile.ts';
import { codingFor, withCoding } from '../core/wire/coding.ts';
import type { Coding, Reply } from '../core/wire/effect.ts';
import { forPages } from '../core/wire/for-pages.ts';
import { unusedOf } from '../exchange/admission.ts';
import { buildResponse } from '../exchange/build-response.ts';
import { drawsOf } from '../exchange/draws.ts';
import type { Incoming } from '../exchange/incoming.ts';
import { AnswerRecorder } from '../exchange/message-recorder.ts';
import type { Performed } from '../exchange/performed.ts';
import { type Destination, factsOf, type Prepared, prepare } from '../exchange/prepare.ts';
import { replyContextOf } from '../exchange/reply-context-of.ts';
import { SentCalls } from '../exchange/sent-calls.ts';
import { unreadRequest } from '../exchange/unread-request.ts';
import { answerBatched } from './answer-batched.ts';
import { type Exchange, FollowedExchange } from './exchange.ts';
import { andThen, type MaybePromise } from './maybe-promise.ts';
import { QueueSlot } from './queue-slot.ts';
import type { Decided, SessionState } from './state/session-state.ts';

/** The plan that a session goes by, as far as it is known in this process. */
export interface KnownPlan {
  readonly plan: Plan;
  /** The number that the state knows it by. */
  readonly planVersion: number;
}

export interface ServedSessionParts {
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly state: SessionState;
  /** Asked anew for each request. */
  readonly known: KnownPlan;
}

/** Turns requests into exchanges: reads them, has the state decide, and builds what goes back. */
export class ServedSession {
  readonly #parts: ServedSessionParts;
  readonly #state: SessionState;

  constructor(parts: ServedSessionParts) {
    this.#parts = parts;
    this.#state = parts.state;
  }

  /** The largest body that is worth reading. */
  get maxBodyBytes(): number {
    return this.#parts.known.plan.maxBodyBytes;
  }

  /** Pages of other origins may use it. */
  get cors(): boolean {
    return this.#parts.known.plan.cors;
  }

  /** Counts a request whose body is still on its way, until `release` is called for it. */
  begin(): void {
    this.#state.begin();
  }

  /** To be called once for each `begin`. */
  release(): void {
    this.#state.release();
  }

  /** Whether an equal request waits for the first byte of its reply: its client may be about to leave. */
  isWaiting({ step: { request } }: Prepared): boolean {
    return this.#state.isWaiting(request.fingerprint);
  }

  /** Finds out about a request what does not depend on others. */
  prepare(incoming: Incoming, destination: Destination): Prepared {
    const { known, libraries } = this.#parts;
    return prepare(incoming, destination, { plan: known.plan, planVersion: known.planVersion, libraries });
  }

  /** Decides what happens to a request. */
  receive(prepared: Prepared): MaybePromise<Exchange> {
    return andThen(this.#state.decide(prepared.step), (decided) => {
      if (decided !== 'stale') return this.#answered(prepared, decided);
      const { incoming, request, evidence, forced } = prepared.step;
      const { path } = request;
      return this.receive(this.prepare(incoming, { path, call: evidence.pathCall, forced, preset: prepared.preset }));
    });
  }

  /**
   * Decides what happens to a connection as it is accepted, or to a request whose head has come and whose body is not
   * read. Undefined when it goes on.
   */
  refuse(incoming: Incoming, { path, forced }: Destination): MaybePromise<Exchange | undefined> {
    if (!this.#mayRefuse(forced)) return undefined;
    return andThen(this.#state.decideEarly({ incoming, path, forced }), (decided) => {
      return decided && this.#refusal(unreadRequest(incoming, path, this.#parts.known.plan), decided);
    });
  }

  /** Notes a request that its client left before its body was complete. */
  abandoned(incoming: Incoming, { path }: Destination, performed: Performed): void {
    this.#state.abandoned({ incoming, path }, performed);
  }

  #mayRefuse(forced: Step | undefined): boolean {
    if (forced !== undefined) return forced.strikes === 'accept';
    return this.#parts.known.plan.rules.some(({ appliesAt }) => appliesAt === 'connection');
  }

  /** The exchange of a request, once the requests are made that it leaves to the service. */
  #answered(prepared: Prepared, decided: Decided): MaybePromise<Exchange> {
    const { found, faults, correlation } = decided;
    const { request, incoming } = prepared.step;
    const isRefused = prepared.error !== undefined || faults.some(({ isFinal }) => isFinal);
    const requests = found === undefined || isRefused ? [] : (request.endpoint?.batched?.(request, found) ?? []);
    if (requests.length === 0) return this.#exchange(prepared, decided, undefined);
    const batch = { requests, incoming, drawKey: correlation.drawKey };
    return answerBatched(batch, this.#parts).then((batched) => this.#exchange(prepared, decided, batched));
  }

  /** The reply to a request as it was decided on. */
  #exchange(prepared: Prepared, decided: Decided, batched: ReplyContext['batched']): Exchange {
    const { plan, limited, preset } = prepared;
    const { limit, applied, faults, exchange } = decided;
    const { clock, libraries } = this.#parts;
    const keep = prepared.step.reference && ((change: StoreChange) => exchange.keep(change));
    const bill: Bill = { total: 0, before: 0 };
    const { refusal, context } = buildResponse(prepared, decided, { plan, clock, libraries, batched, keep, bill });
    const slot = plan.capacity === undefined ? undefined : new QueueSlot(exchange);
    const base = refusal === undefined ? QueueSlot.reply(slot, plan.capacity, context) : errorReply(refusal, context);
    const reply = preset?.reply ?? applyFaults(base, faults, context);
    const unused = limited && limit && (() => unusedOf(limited, limit, context));
    const reader =
      applied !== null && prepared.facts.hasTools ? prepared.step.request.endpoint?.answer?.callReader?.() : undefined;
    const calls = reader && new SentCalls(reader);
    const { incoming } = prepared.step;
    const coding = codingOf(incoming, plan);
    return new FollowedExchange(sentTo(incoming, reply, { plan, coding }), { applied, faults }, exchange, {
      clock,
      slot,
      unused,
      bill,
      calls,
      mayBeCoded: coding !== undefined,
      recorder: plan.record && new AnswerRecorder(plan.record, prepared.facts.request.key),
    });
  }

  #refusal(
    read: ReturnType<typeof unreadRequest>,
    { correlation, elapsedMs, applied, faults, exchange, draws }: Decided,
  ): Exchange {
    const { clock, libraries, known } = this.#parts;
    const { plan } = known;
    const facts = factsOf(read.request, read.incoming.headers, { plan, libraries });
    const context = replyContextOf(read, {
      plan,
      clock,
      libraries,
      facts,
      account: undefined,
      draws: draws ?? drawsOf(plan.seed, correlation.drawKey),
      elapsedMs,
      unchanged: false,
    });
    const coding = codingOf(read.incoming, plan);
    const reply = sentTo(read.incoming, applyFaults([], faults, context), { plan, coding });
    return new FollowedExchange(reply, { applied, faults }, exchange, {
      clock,
      mayBeCoded: coding !== undefined,
      recorder: plan.record && new AnswerRecorder(plan.record, read.request.key),
    });
  }
}

/** What the body of the answer is sent in: frames of a WebSocket are sent as they are. */
function codingOf({ headers, turn }: Incoming, { compression }: Plan): Coding | undefined {
  return compression && turn === undefined ? codingFor(headers['accept-encoding']) : undefined;
}

/** The reply as the edge sends it on to that client. A browser shows an answer to a page where the answer allows it. */
function sentTo(
  { headers, turn }: Incoming,
  reply: Reply,
  { plan: { cors, compression }, coding }: { readonly plan: Plan; readonly coding: Coding | undefined },
): Reply {
  const shown = cors && headers['origin'] !== undefined ? forPages(reply) : reply;
  return compression && turn === undefined ? withCoding(shown, coding) : shown;
}
