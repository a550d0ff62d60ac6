import type { IncomingHttpHeaders } from 'node:http';
import { ScenarioError } from '../core/problem.ts';
import type { Incoming } from '../exchange/incoming.ts';
import { NOTHING_PERFORMED, type Performed } from '../exchange/performed.ts';
import type { Destination, Prepared } from '../exchange/prepare.ts';
import type { Exchange } from '../session/exchange.ts';
import { andThen, isPromise, type MaybePromise } from '../session/maybe-promise.ts';
import { LEAVING_MS } from '../session/state/session-state.ts';
import { type ProblemDetails, sendProblem } from './admin/send-problem.ts';
import { answerPreflight, isPreflight } from './answer-preflight.ts';
import type { Batch } from './batch.ts';
import { decodeBody } from './decode-body.ts';
import type { EnginePort, SessionPort } from './engine-port.ts';
import type { HttpExchange, PlainResponse, RequestConnection, Turn } from './http-exchange.ts';
import { type BodyRead, NO_BODY, readBody } from './read-body.ts';
import { isForm, readForm } from './read-form.ts';
import { runReply } from './reply-runner.ts';
import type { ResponseWriter } from './response-writer.ts';
import type { TimerWheel } from './timing/timer-wheel.ts';

/** Where requests are received. */
export interface ServerContext {
  readonly engine: EnginePort;
  readonly batch: Batch;
  readonly alarms: TimerWheel;
  /** Told of what the mock cannot do: for want of room, or by a fault of its own, which must never happen. */
  failed(response: PlainResponse, error: unknown): void;
}

/** Reads a request, asks the engine, and carries out what it says. From callback to callback: promises would cost more than most of the steps. */
export function receiveRequest(arrived: HttpExchange, reception: ServerContext): void {
  const { request, connection, target } = arrived;
  const { engine } = reception;
  const turn = connection.claim();
  let session: SessionPort;
  try {
    session = engine.session(target.session);
  } catch (error) {
    connection.endTurnWith(arrived.response, turn);
    turn.whenReady(() => reception.failed(arrived.response, error));
    return;
  }
  if (session.cors && isPreflight(request.method, request.headers as IncomingHttpHeaders)) {
    // No request of the scenario: it meets no rule, and no clock begins with it.
    connection.endTurnWith(arrived.response, turn);
    turn.whenReady(() => answerPreflight(request.headers as IncomingHttpHeaders, arrived.response));
    return;
  }
  const head: Incoming = {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    headers: request.headers as Incoming['headers'],
    body: NO_BODY,
    oversized: false,
    connection: connection.state(),
    headersAt: engine.clock.now(),
    bodyEndAt: null,
    protocol: request.protocol,
    streamId: request.streamId,
  };
  const received = new ReceivedRequest(arrived, reception, { head, session, turn });
  const forced = head.headers['x-mock-fault'];
  if (forced === undefined) received.begin({ path: target.path, call: target.call, forced });
  else received.force(forced);
}

/** One request between its head and the end of its answer. */
class ReceivedRequest {
  readonly #arrived: HttpExchange;
  readonly #reception: ServerContext;
  readonly #head: Incoming;
  readonly #session: SessionPort;
  readonly #turn: Turn;

  constructor(
    arrived: HttpExchange,
    reception: ServerContext,
    { head, session, turn }: { readonly head: Incoming; readonly session: SessionPort; readonly turn: Turn },
  ) {
    this.#arrived = arrived;
    this.#reception = reception;
    this.#head = head;
    this.#session = session;
    this.#turn = turn;
  }

  /** Goes on with the faults that `x-mock-fault` asks for, or answers that it is wrong. */
  force(header: string): void {
    const { target } = this.#arrived;
    import('../exchange/forced-fault.ts')
      .then(({ parseForcedFault }) => {
        this.begin({ path: target.path, call: target.call, forced: parseForcedFault(header) });
      })
      .catch((error: unknown) => {
        if (!(error instanceof ScenarioError)) {
          this.#fail(error);
          return;
        }
        this.#refuse({ status: 400, title: 'The x-mock-fault header is wrong.', detail: error.message });
      });
  }

  /** Reads the body, unless the request is refused before. */
  begin(destination: Destination): void {
    const { engine } = this.#reception;
    try {
      // What strikes connections was asked of the default session as this one was accepted.
      if (destination.forced !== undefined || this.#session !== engine.defaultSession) {
        this.#attempt(andThen(this.#session.refuse(this.#head, destination), (refusal) => this.#go(refusal, destination)));
      } else this.#go(undefined, destination);
    } catch (error) {
      this.#fail(error);
    }
  }

  #go(refusal: Exchange | undefined, destination: Destination): void {
    if (refusal !== undefined) {
      this.#turn.whenReady(() => this.#carryOut(refusal));
      return;
    }
    const { request, connection } = this.#arrived;
    this.#session.begin();
    readBody(request, { connection, limit: this.#session.maxBodyBytes }, (read) => this.#read(read, destination));
  }

  #read({ body, oversized, abandoned }: BodyRead, destination: Destination): void {
    const { connection } = this.#arrived;
    const { clock } = this.#reception.engine;
    if (abandoned) {
      this.#session.abandoned({ ...this.#head, body }, destination, abandonedBy(connection, clock.now()));
      this.#session.release();
      this.#turn.whenReady(() => this.#turn.done());
      return;
    }
    // Field by field: a copy by spread takes longer, and all requests come by here.
    const { method, target, headers, connection: state, headersAt, protocol, streamId } = this.#head;
    const bodyEndAt = clock.now();
    const incoming: Incoming = {
      method,
      target,
      headers,
      body,
      oversized,
      connection: state,
      headersAt,
      bodyEndAt,
      protocol,
      streamId,
    };
    const encoding = incoming.headers['content-encoding'];
    if (encoding === undefined || oversized) this.#enqueue(incoming, destination);
    else this.#decode(incoming, encoding, destination).catch((error: unknown) => this.#fail(error));
  }

  async #decode(incoming: Incoming, encoding: string, destination: Destination): Promise<void> {
    const decoded = await decodeBody(incoming.body, encoding, this.#session.maxBodyBytes);
    if (decoded === 'unknown coding') {
      this.#session.release();
      this.#refuse({
        status: 415,
        title: 'The content-encoding is not known to the mock.',
        detail: `"${encoding}": known are gzip, deflate and br, and zstd with Node 22.15 and later.`,
      });
    } else if (decoded === 'too large') this.#enqueue({ ...incoming, body: NO_BODY, oversized: true }, destination);
    else this.#enqueue({ ...incoming, body: decoded === 'broken' ? undecodable(incoming.body) : decoded }, destination);
  }

  #enqueue(incoming: Incoming, destination: Destination): void {
    if (incoming.method === 'POST' && !incoming.oversized && isForm(incoming)) {
      readForm(incoming)
        .then((form) => this.#enqueueRead({ ...incoming, form }, destination))
        .catch((error: unknown) => this.#fail(error));
    } else this.#enqueueRead(incoming, destination);
  }

  #enqueueRead(incoming: Incoming, destination: Destination): void {
    this.#reception.batch.enqueue(() => {
      // What the answers before it make of the connection, they make of this request.
      this.#turn.whenReady(() => this.#ask(incoming, destination));
    });
  }

  /** In words of the mock: what OpenAI says is not known, or it has no such thing. */
  #refuse(problem: ProblemDetails): void {
    const { response, connection } = this.#arrived;
    const readableByPages = this.#session.cors && this.#head.headers['origin'] !== undefined;
    this.#turn.whenReady(() => {
      connection.endTurnWith(response, this.#turn);
      sendProblem(response, problem, { readableByPages });
    });
  }

  #ask(incoming: Incoming, { path, call, forced }: Destination): void {
    const { connection } = this.#arrived;
    // The rest of an oversized body is not a request: the connection ends with the answer.
    if (incoming.oversized) this.#arrived.response.shouldKeepAlive = false;
    let prepared: Prepared;
    try {
      prepared = this.#session.prepare(incoming, { path, call, forced, preset: connection.takePreset() });
    } catch (error) {
      this.#session.release();
      this.#fail(error);
      return;
    }
    // A client that gave up may come back before its leaving was read: let that be read first.
    if (this.#session.isWaiting(prepared)) setTimeout(() => this.#answer(prepared), LEAVING_MS);
    else this.#answer(prepared);
  }

  #answer(prepared: Prepared): void {
    let exchange: MaybePromise<Exchange>;
    try {
      exchange = this.#session.receive(prepared);
    } catch (error) {
      this.#fail(error);
      return;
    } finally {
      this.#session.release();
    }
    this.#attempt(andThen(exchange, (decided) => this.#carryOut(decided)));
  }

  /** Where the steps go on later, what goes wrong with them is told then. */
  #attempt(steps: MaybePromise<void>): void {
    if (isPromise(steps)) steps.catch((error: unknown) => this.#fail(error));
  }

  #carryOut(exchange: Exchange): void {
    carryOut(exchange, this.#arrived, { reception: this.#reception, turn: this.#turn });
  }

  #fail(error: unknown): void {
    this.#turn.done();
    this.#reception.failed(this.#arrived.response, error);
  }
}

/** Answers. What is held here is held as long as the answer takes: no more than is needed. */
function carryOut(
  exchange: Exchange,
  arrived: HttpExchange,
  { reception, turn }: { readonly reception: ServerContext; readonly turn: Turn },
): void {
  const { engine, batch, alarms } = reception;
  const { request, connection } = arrived;
  request.forgetHead();
  const { clock } = engine;
  const writer = arrived.openWriter(exchange, clock);
  const run = (outlet: ResponseWriter & { release?(): void }) =>
    runReply(exchange, { writer: outlet, connection, batch, alarms, clock }, (performed, failure) => {
      outlet.release?.();
      exchange.finished(performed);
      turn.done();
      if (failure !== undefined) reception.failed(arrived.response, failure);
    });
  if (!exchange.mayBeCoded) run(writer);
  else {
    import('./http1/coded-response-writer.ts')
      .then(({ CodedResponseWriter }) => run(new CodedResponseWriter(writer)))
      .catch((error: unknown) => reception.failed(arrived.response, error));
  }
}

/** How an upload ended that its client, or the end of the server, cut short. */
function abandonedBy({ endedHow, isCut, clientEnded, resetCode: code }: RequestConnection, at: number): Performed {
  const performed = { ...NOTHING_PERFORMED, resetCode: code ?? null };
  if (endedHow !== undefined) return { ...performed, closedBy: 'server', closedHow: endedHow, ...(isCut && { isCut }) };
  const closedHow = code === undefined ? (clientEnded ? 'fin' : 'reset') : 'rst_stream';
  return { ...performed, clientCloseAt: at, closedBy: 'client', closedHow };
}

/** A body that is not in its coding is no JSON, also where it is JSON without the coding. The rest tells it from others. */
function undecodable(body: Uint8Array): Uint8Array {
  return body.length === 0 ? body : Buffer.concat([Buffer.of(0), body]);
}
