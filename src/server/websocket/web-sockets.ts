import { ServerResponse } from 'node:http';
import { socketEndpointOf } from '../../core/openai/endpoints/registry.ts';
import type { Step } from '../../core/plan/compile.ts';
import { ScenarioError } from '../../core/problem.ts';
import type { Header } from '../../core/wire/effect.ts';
import type { Incoming, Target } from '../../exchange/incoming.ts';
import { createWebSocketServer } from '../../libraries/web-socket-server.ts';
import type { Exchange } from '../../session/exchange.ts';
import { sendProblem } from '../admin/send-problem.ts';
import type { ClientConnection } from '../client-connection.ts';
import type { SessionPort } from '../engine-port.ts';
import type { ReceivedMessage } from '../http1/received-message.ts';
import { NO_BODY } from '../read-body.ts';
import { runReply } from '../reply-runner.ts';
import { decideRequest } from './decide-request.ts';
import { HandshakeWriter } from './handshake-writer.ts';
import { ServedSocket } from './served-socket.ts';
import type { SocketContext } from './socket-context.ts';
import { lastingHeaders, withoutNames } from './turn-request.ts';

/** A request to make a WebSocket of its connection. */
export interface Handshake {
  readonly request: ReceivedMessage;
  readonly response: ServerResponse;
  readonly connection: ClientConnection;
  readonly target: Target;
  /** What was read behind the request. */
  readonly rest: Buffer;
}

/** How a handshake is answered. */
interface Answer {
  readonly exchange: Exchange;
  readonly session: SessionPort;
  readonly forced: Step | undefined;
}

/** The response to a request whose connection node:http has let go of. */
export function detachedResponse(request: ReceivedMessage): ServerResponse {
  const response = new ServerResponse(request);
  response.assignSocket(request.socket);
  response.shouldKeepAlive = false;
  return response;
}

/** The WebSockets of a server. */
export class WebSockets {
  readonly #context: SocketContext;
  readonly #open = new Set<ServedSocket>();
  #isLeaving = false;

  constructor(context: SocketContext) {
    this.#context = context;
  }

  /** Answers an opening handshake as the scenario says: by HTTP or with a WebSocket. */
  accept(handshake: Handshake): void {
    this.#decide(handshake).catch((error: unknown) => this.#fail(handshake, error));
  }

  /** Takes no more requests; each closes when those under way are over. */
  leave(): void {
    this.#isLeaving = true;
    for (const socket of this.#open) socket.leave();
  }

  /** Ends all at once. */
  cutAll(): void {
    for (const socket of this.#open) socket.cut();
  }

  async #decide(handshake: Handshake): Promise<void> {
    const { request, connection, target } = handshake;
    const { engine } = this.#context;
    const session = engine.session(target.session);
    const at = engine.clock.now();
    const incoming: Incoming = {
      method: request.method ?? 'GET',
      target: request.url ?? '/',
      headers: withoutNames(request.headers as Incoming['headers']),
      body: NO_BODY,
      oversized: false,
      connection: connection.state(),
      headersAt: at,
      bodyEndAt: at,
      protocol: request.protocol,
      carrier: 'handshake',
    };
    const { path } = target;
    const header = incoming.headers['x-mock-fault'];
    const forced = header === undefined ? undefined : await forcedFault(header);
    // What strikes connections was asked of the default session as this one was accepted.
    if (forced !== undefined || session !== engine.defaultSession) {
      const refusal = await session.refuse(incoming, { path, call: undefined, forced });
      if (refusal !== undefined) {
        this.#carryOut(handshake, { exchange: refusal, session, forced });
        return;
      }
    }
    session.begin();
    // Its turns are attempts of the call that the path names. To open the connection is a call of its own.
    const call = target.call === undefined ? undefined : `${target.call}/websocket`;
    const exchange = await decideRequest(session, incoming, { path, call, forced: undefined, preset: connection.takePreset() });
    this.#carryOut(handshake, { exchange, session, forced });
  }

  #carryOut(handshake: Handshake, { exchange, session, forced }: Answer): void {
    const { request, response, connection } = handshake;
    const { engine, batch, alarms } = this.#context;
    const { clock } = engine;
    let isAccepted = false;
    const accept = (headers: readonly Header[]) => {
      isAccepted = true;
      this.#serve(handshake, headers, { maxBytes: session.maxBodyBytes, forced });
    };
    const writer = new HandshakeWriter({ request, response, connection, clock }, exchange, accept);
    runReply(exchange, { writer, connection, batch, alarms, clock }, (performed, failure) => {
      exchange.finished(performed);
      if (failure !== undefined) this.#fail(handshake, failure);
      else if (!isAccepted && !connection.isDestroyed) connection.end('fin');
    });
  }

  /** Makes a WebSocket of the connection. A handshake that is wrong in its details is refused by the library. */
  #serve(
    { request, response, connection, target, rest }: Handshake,
    headers: readonly Header[],
    { maxBytes, forced }: { readonly maxBytes: number; readonly forced: Step | undefined },
  ): void {
    const protocol = socketEndpointOf(target.path)?.socket;
    if (protocol === undefined) throw new Error(`no WebSocket is spoken at ${target.path}`);
    response.detachSocket(connection.socket);
    const server = createWebSocketServer(maxBytes);
    server.on('headers', (lines) => void lines.push(...headers.map(([name, value]) => `${name}: ${value}`)));
    server.handleUpgrade(request, connection.socket, rest, (ws) => {
      const handshake = { target: request.url ?? '/', headers: lastingHeaders(request.headers as Incoming['headers']) };
      const parts = { ws, connection, protocol, target, handshake, forced, context: this.#context };
      const socket = new ServedSocket(parts, () => void this.#open.delete(socket));
      this.#open.add(socket);
      if (this.#isLeaving) socket.leave();
    });
  }

  #fail({ response, connection }: Handshake, error: unknown): void {
    if (error instanceof ScenarioError) {
      sendProblem(response, { status: 400, title: 'The x-mock-fault header is wrong.', detail: error.message });
    } else this.#context.failed(response, error);
    if (!connection.isDestroyed) connection.end('fin');
  }
}

/** What `x-mock-fault` of a handshake asks for: faults of the turns. Throws a ScenarioError that says what is wrong with it. */
async function forcedFault(header: string): Promise<Step> {
  const { parseForcedFault } = await import('../../exchange/forced-fault.ts');
  return parseForcedFault(header, 'frames');
}
