import { createServer } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { messageOf } from '../core/text/message-of.ts';
import type { TlsFailure } from '../core/wire/effect.ts';
import { type Incoming, parseTarget, type Target } from '../exchange/incoming.ts';
import { NOTHING_PERFORMED, type Performed } from '../exchange/performed.ts';
import type { Exchange } from '../session/exchange.ts';
import { andThen, isPromise } from '../session/maybe-promise.ts';
import { SessionsFullError } from '../session/sessions-full-error.ts';
import { sendProblem } from './admin/send-problem.ts';
import { sessionsFull } from './admin/sessions-full.ts';
import type { AdminListener } from './admin-listener.ts';
import { Batch } from './batch.ts';
import type { EnginePort } from './engine-port.ts';
import type { PlainResponse } from './http-exchange.ts';
import type { ClientConnection } from './http1/client-connection.ts';
import { Connections } from './http1/connections.ts';
import { Http1Exchange } from './http1/http1-exchange.ts';
import { ReceivedMessage } from './http1/received-message.ts';
import { prefaceIn, takeFromHttp1 } from './http1/take-from-http1.ts';
import type { Http2Connections, Http2Parts } from './http2/http2-connections.ts';
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

/** Silence after which the system asks whether a client is still there. */
const PROBE_MS = 60_000;
/** Requests of one connection that wait for their answers; one more resets it. Each is held in memory. */
const MAX_PIPELINED = 1_000;
/** Between two looks for idle connections of a server that ends. */
const SWEEP_MS = 20;
/** What node:http answers by the code of the error. */
const BAD_REQUESTS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: badRequest('431 Request Header Fields Too Large'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: badRequest('413 Payload Too Large'),
};
/** As node:https has it: answers leave at once. A client that leaves within a handshake closes its side, which ends the connection. */
const TCP_OPTIONS = { keepAlive: true, keepAliveInitialDelay: PROBE_MS, noDelay: true };

/** Starts the server. Rejects with the system's error when the address cannot be had. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { engine, tls } = options;
  const connections = new Connections(engine.clock.now, (connection) => engine.connectionClosed(connection));
  const reception: ServerContext = {
    engine,
    batch: new Batch(),
    alarms: new TimerWheel(engine.clock.now),
    failed: (response, error) => fail(response, error, options),
  };
  const sockets = lazySockets({ ...reception, onFailure: (error) => options.onFailure(error) });
  const server = createServer(
    { IncomingMessage: ReceivedMessage, keepAlive: true, keepAliveInitialDelay: PROBE_MS },
    (request, response) => {
      const connection = connections.of(request.socket);
      // Sent to a connection that we had closed.
      if (connection.endedHow !== undefined) return;
      if (connection.unanswered >= MAX_PIPELINED) {
        connection.end('reset');
        return;
      }
      connection.requests += 1;
      const target = parseTarget(request.url ?? '/');
      const { admin } = options;
      if (admin !== undefined && isOurs(target)) {
        const turn = connection.claim();
        connection.endTurnWith(response, turn);
        connection.spareWhile(response);
        turn.whenReady(() => {
          admin(request, response).catch((error: unknown) => fail(response, error, options));
        });
      } else receiveRequest(new Http1Exchange(request, response, connection, target), reception);
    },
  );
  const front =
    tls &&
    (await tlsFront(tls, (connection) => {
      connections.rename(connection);
      if (connection.speaksHttp2) http2.serve(connection).catch(options.onFailure);
      else server.emit('connection', connection.socket);
    }));
  // Of a server by TLS, node:http gets the connections whose handshake is over.
  const listener = front === undefined ? server : createTcpServer(TCP_OPTIONS);
  let isDown = false;
  listener.on('connection', (socket) => {
    if (isDown) socket.resetAndDestroy();
    else meet(connections.accept(socket), { ...options, ...reception, front });
  });
  const http2 = lazyHttp2({ reception, admin: options.admin, isOurs });
  server.on('clientError', (error, socket: Socket) => {
    const read = prefaceIn(error);
    const connection = connections.of(socket);
    if (read === undefined || connection.requests > 0) answerBadRequest(error, socket);
    else http2.serve(connection, () => takeFromHttp1(socket, read)).catch(options.onFailure);
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
      connections.cut();
      http2.loaded?.cut();
      return address.leave();
    },
    async comeBack() {
      isDown = false;
      await address.comeBack(options.onFailure);
    },
    async close(graceMs) {
      const closed = address.close();
      // Those, too, that become idle while the last requests finish.
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
      server.closeIdleConnections();
      connections.cutUnsecured();
      sockets.loaded?.leave();
      http2.loaded?.leave();
      const timer = setTimeout(() => {
        connections.cutAll();
        server.closeAllConnections();
        sockets.loaded?.cutAll();
        http2.loaded?.cutAll();
      }, graceMs);
      await closed;
      clearTimeout(timer);
      clearInterval(sweep);
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

/** Connections by HTTP/2, loaded with the first. */
interface LazyHttp2 {
  /** Undefined as long as there was none. */
  readonly loaded: Http2Connections | undefined;
  /** `prepare` is called just before. */
  serve(connection: ClientConnection, prepare?: () => void): Promise<void>;
}

function lazyHttp2(parts: Http2Parts): LazyHttp2 {
  let loaded: Http2Connections | undefined;
  return {
    get loaded() {
      return loaded;
    },
    async serve(connection, prepare) {
      const { Http2Connections } = await import('./http2/http2-connections.ts');
      loaded ??= new Http2Connections(parts);
      if (connection.isDestroyed) return;
      prepare?.();
      loaded.serve(connection);
    },
  };
}

/** Answers what is no HTTP as node:http does where nobody listens for it. */
function answerBadRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (socket.writable) socket.write(BAD_REQUESTS[error.code ?? ''] ?? badRequest('400 Bad Request'));
  socket.destroy(error);
}

function badRequest(status: string): string {
  return `HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`;
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

/** Loaded where connections are opened by TLS. */
async function tlsFront(identities: TlsIdentities, secured: (connection: ClientConnection) => void): Promise<TlsFront> {
  const { TlsFront } = await import('./tls/tls-front.ts');
  return new TlsFront(identities, ['h2', 'http/1.1'], secured);
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
  decided.catch(onFailure);
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
  onFailure(error);
  if (response.headersSent) response.destroy();
  else sendProblem(response, { status: 500, title: 'mock-openai itself failed.', detail: messageOf(error) });
}
