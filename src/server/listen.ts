import type { Socket } from 'node:net';
import { messageOf } from '../core/text/message-of.ts';
import type { TlsFailure } from '../core/wire/effect.ts';
import { type Incoming, parseTarget, type Target } from '../exchange/incoming.ts';
import { NOTHING_PERFORMED, type Performed } from '../exchange/performed.ts';
import type { Exchange } from '../session/exchange.ts';
import { andThen, isPromise } from '../session/maybe-promise.ts';
import { SessionsFullError } from '../session/sessions-full-error.ts';
import { StateUnavailableError } from '../session/state-unavailable-error.ts';
import { sendProblem } from './admin/send-problem.ts';
import { sessionsFull } from './admin/sessions-full.ts';
import { stateUnavailable } from './admin/state-unavailable.ts';
import type { AdminListener } from './admin-listener.ts';
import { Batch } from './batch.ts';
import type { ClientConnection } from './client-connection.ts';
import type { EnginePort } from './engine-port.ts';
import type { PlainResponse } from './http-exchange.ts';
import { HttpTransports } from './http-transports.ts';
import { Http1Exchange } from './http1/http1-exchange.ts';
import type { ReceivedMessage } from './http1/received-message.ts';
import { ListeningAddress } from './listening-address.ts';
import { NO_BODY } from './read-body.ts';
import { receiveRequest, type ServerContext } from './receive-request.ts';
import { TimerWheel } from './timing/timer-wheel.ts';
import type { TlsFront } from './tls/tls-front.ts';
import type { TlsIdentities } from './tls/tls-identities.ts';
import type { SocketContext } from './websocket/socket-context.ts';
import type { Handshake, WebSockets } from './websocket/web-sockets.ts';

export interface ListenOptions {
  readonly engine: EnginePort;
  /** Undefined where it listens at an address of its own. */
  readonly admin: AdminListener | undefined;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** What connections are shown that are opened by TLS; undefined where they are plain. */
  readonly tls?: TlsIdentities | undefined;
  /** See `AddressOptions`. */
  readonly sharesPort?: boolean | undefined;
  /** Told of what must never happen: a fault of the mock itself. */
  onFailure(error: unknown): void;
}

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** `http://127.0.0.1:8080`, without `/v1`. */
  readonly origin: string;
  /** New connections are shown these certificates. */
  renewCertificates(identities: TlsIdentities): void;
  /** Resets what is under way. The system refuses connections from then on. Resolves when nobody listens any more. */
  goDown(): Promise<void>;
  /** Listens again where it did. */
  comeBack(): Promise<void>;
  /** Stops accepting, lets requests finish for at most `graceMs`, then cuts what is left. */
  close(graceMs: number): Promise<void>;
}

/** Requests of one connection that wait for their answers; one more resets it. Each is held in memory. */
const MAX_PIPELINED = 1_000;

/** Starts the server. Rejects with the system's error when the address cannot be had. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { engine, tls, admin, onFailure } = options;
  const reception: ServerContext = {
    engine,
    batch: new Batch(),
    alarms: new TimerWheel(engine.clock.now),
    failed: (response, error) => fail(response, error, options),
  };
  const sockets = lazySockets({ ...reception, onFailure: (error) => onFailure(error) });
  const transports = await HttpTransports.open({
    tls,
    now: engine.clock.now,
    request(request, response, connection) {
      // Sent to a connection that we had closed.
      if (connection.endedHow !== undefined) return;
      if (connection.unanswered >= MAX_PIPELINED) {
        connection.end('reset');
        return;
      }
      connection.requests += 1;
      const target = parseTarget(request.url ?? '/');
      if (admin !== undefined && isOurs(target)) {
        const turn = connection.claim();
        connection.endTurnWith(response, turn);
        connection.spareWhile(response);
        turn.whenReady(() => {
          admin(request, response).catch((error: unknown) => fail(response, error, options));
        });
      } else receiveRequest(new Http1Exchange(request, response, connection, target), reception);
    },
    http2: {
      admin,
      isOurs,
      receive: (exchange) => receiveRequest(exchange, reception),
      failed: reception.failed,
    },
    gone: (connection) => engine.connectionClosed(connection),
    onFailure: (error) => onFailure(error),
  });
  const { connections, listener, front, http1: server } = transports;
  let isDown = false;
  listener.on('connection', (socket) => {
    if (isDown) socket.resetAndDestroy();
    else meet(connections.accept(socket), { ...options, ...reception, front });
  });
  server.on('upgrade', (request: ReceivedMessage, socket: Socket, rest: Buffer) => {
    const connection = connections.of(socket);
    // node:http has let go of it. A client that closes its side while its handshake waits is gone.
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    if (connection.endedHow !== undefined) return;
    connection.requests += 1;
    const turn = connection.claim();
    turn.whenReady(() => {
      turn.done();
      if (connection.isDestroyed || connection.endedHow !== undefined) return;
      upgrade({ request, connection, rest }, { ...options, sockets }).catch(options.onFailure);
    });
  });
  // What we do to idle connections is the scenario's decision. Clients that are gone without a word, the system finds out.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  // It would also end a connection on which nothing was sent yet, as a pool keeps some.
  server.headersTimeout = 0;
  const address = await ListeningAddress.take(listener, { ...options, scheme: front === undefined ? 'http' : 'https' });
  return {
    port: address.port,
    origin: address.origin,
    renewCertificates: (identities) => front?.renew(identities),
    goDown() {
      isDown = true;
      transports.cut();
      return address.leave();
    },
    async comeBack() {
      isDown = false;
      await address.comeBack(options.onFailure);
    },
    close(graceMs) {
      const closed = transports.close(address, graceMs, () => sockets.loaded?.cutAll());
      sockets.loaded?.leave();
      return closed;
    },
  };
}

/** WebSockets, loaded when the first is asked for. */
interface LazySockets {
  /** Undefined as long as none was asked for. */
  readonly loaded: WebSockets | undefined;
  load(): Promise<Pick<typeof import('./websocket/web-sockets.ts'), 'detachedResponse'> & { readonly webSockets: WebSockets }>;
}

function lazySockets(context: SocketContext): LazySockets {
  let loaded: WebSockets | undefined;
  return {
    get loaded() {
      return loaded;
    },
    async load() {
      const { WebSockets, detachedResponse } = await import('./websocket/web-sockets.ts');
      return { detachedResponse, webSockets: (loaded ??= new WebSockets(context)) };
    },
  };
}

/** Answers a request to make a WebSocket of its connection. */
async function upgrade(
  { request, connection, rest }: Pick<Handshake, 'request' | 'connection' | 'rest'>,
  { sockets, admin }: ListenOptions & { readonly sockets: LazySockets },
): Promise<void> {
  const { detachedResponse, webSockets } = await sockets.load();
  if (connection.isDestroyed) return;
  const response = detachedResponse(request);
  const target = parseTarget(request.url ?? '/');
  if (admin !== undefined && isOurs(target)) {
    await admin(request, response);
    connection.end('fin');
  } else webSockets.accept({ request, response, connection, target, rest });
}

/** What the mock itself answers; all else is OpenAI's. */
function isOurs({ path, session }: Target): boolean {
  return path === '/__admin' || path.startsWith('/__admin/') || (path === '/metrics' && session === undefined);
}

/** Refuses a connection as it is accepted, where a rule of the default session says so. */
function meet(
  connection: ClientConnection,
  { engine, onFailure, front }: ServerContext & ListenOptions & { readonly front: TlsFront | undefined },
): void {
  const { acceptedAt } = connection;
  connection.awaitsTls = front !== undefined;
  const incoming: Incoming = {
    method: '',
    target: '',
    headers: {},
    body: NO_BODY,
    oversized: false,
    connection: connection.state(),
    headersAt: acceptedAt,
    bodyEndAt: null,
  };
  let isPaused = false;
  const decided = andThen(engine.defaultSession.refuse(incoming, { path: '', call: undefined, forced: undefined }), (refusal) => {
    if (refusal !== undefined) refuse(connection, refusal, front);
    else if (front !== undefined) front.shakeHands(connection, 'good');
    else if (isPaused) connection.socket.resume();
  });
  if (!isPromise(decided)) return;
  isPaused = true;
  // Nothing of it is read before it is known to be welcome. In this turn, node:http still starts to read.
  process.nextTick(() => connection.socket.pause());
  decided.catch((error: unknown) => {
    if (!(error instanceof StateUnavailableError)) onFailure(error);
    // What comes on it is told so.
    else if (front !== undefined) front.shakeHands(connection, 'good');
    else connection.socket.resume();
  });
}

function refuse(connection: ClientConnection, exchange: Exchange, front: TlsFront | undefined): void {
  const [effect] = exchange.takeReply();
  if (effect?.type === 'fail_handshake' && front !== undefined) {
    const { how } = effect;
    front.shakeHands(connection, how, () => exchange.finished(handshakeEnd(connection, how)));
    return;
  }
  connection.end('reset');
  exchange.finished({ ...NOTHING_PERFORMED, closedBy: 'server', closedHow: 'reset' });
}

/** A client that goes on has accepted what it was shown: nothing broke. */
function handshakeEnd({ awaitsTls, endedHow }: ClientConnection, how: TlsFailure): Performed {
  if (!awaitsTls) return NOTHING_PERFORMED;
  return { ...NOTHING_PERFORMED, closedBy: how === 'refuse' || endedHow !== undefined ? 'server' : 'client', closedHow: 'fin' };
}

function fail(response: PlainResponse, error: unknown, { onFailure }: ListenOptions): void {
  if (error instanceof SessionsFullError) {
    sendProblem(response, sessionsFull(error));
    return;
  }
  if (error instanceof StateUnavailableError) {
    sendProblem(response, stateUnavailable(error));
    return;
  }
  onFailure(error);
  if (response.headersSent) response.destroy();
  else sendProblem(response, { status: 500, title: 'mock-openai itself failed.', detail: messageOf(error) });
}
