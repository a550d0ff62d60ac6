import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ScenarioError } from '../core/problem.ts';
import type { Engine } from '../engine/engine.ts';
import { type Incoming, parseTarget, type Target } from '../engine/incoming.ts';
import type { Performed } from '../engine/performed.ts';
import type { Exchange } from '../engine/session.ts';
import type { ClientConnection, Turn } from './client-connection.ts';
import { Connections } from './connections.ts';
import { perform } from './perform.ts';
import { readBody } from './read-body.ts';

/** What answers under `/__admin`, and at `/metrics`. */
type AdminListener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface ListenOptions {
  readonly engine: Engine;
  readonly admin: AdminListener;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Told of what must never happen: a fault of the mock itself. */
  onFailure(error: unknown): void;
}

interface AnswerOptions extends ListenOptions {
  readonly connections: Connections;
}

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** `http://127.0.0.1:8080`, without `/v1`. */
  readonly origin: string;
  /** Stops accepting, lets requests finish for at most `graceMs`, then cuts what is left. */
  close(graceMs: number): Promise<void>;
}

/** Time in which the end of a connection is read that was closed before another was opened. */
const LEAVING_MS = 5;

const NO_BODY = new Uint8Array(0);

const NOTHING_SENT = { lastByteAt: null, bytesOut: 0, chunksOut: 0, eventsOut: 0 } as const;

/** Starts the server. Rejects with the system's error when the address cannot be had. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { engine, host, port } = options;
  const connections = new Connections(engine.clock.now);
  const answering: AnswerOptions = { ...options, connections };
  const server = createServer((request, response) => {
    const connection = connections.of(request.socket);
    // Sent to a connection that we had closed.
    if (connection.endedHow !== undefined) return;
    connection.requests += 1;
    answer(request, response, connection, answering).catch((error: unknown) => fail(response, error, options));
  });
  server.on('connection', (socket) => meet(connections.accept(socket), answering));
  // Longer than the idle time of client pools: what we do to idle connections is the scenario's decision.
  server.keepAliveTimeout = 300_000;
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    origin: `http://${originHost(host)}:${address.port}`,
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => {
        connections.cutAll();
        server.closeAllConnections();
      }, graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  connection: ClientConnection,
  options: AnswerOptions,
): Promise<void> {
  const target = parseTarget(request.url ?? '/');
  if (isOurs(target)) return options.admin(request, response);
  const turn = connection.claim();
  try {
    const exchange = await receive({ request, response, connection, target, turn }, options);
    await turn.ready;
    if (exchange !== undefined) await carryOut(exchange, { request, response, connection }, options.engine);
  } finally {
    turn.done();
  }
}

/** What the mock itself answers; all else is OpenAI's. */
function isOurs({ path, session }: Target): boolean {
  return path === '/__admin' || path.startsWith('/__admin/') || (path === '/metrics' && session === undefined);
}

interface Arrived {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connection: ClientConnection;
  readonly target: Target;
  readonly turn: Turn;
}

/** Reads a request and asks the engine. Undefined when there is nothing to answer. */
async function receive(
  { request, response, connection, target, turn }: Arrived,
  { engine, connections }: AnswerOptions,
): Promise<Exchange | undefined> {
  const { clock } = engine;
  const head: Incoming = {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    headers: request.headers as Incoming['headers'],
    body: NO_BODY,
    oversized: false,
    connection: connections.state(connection),
    headersAt: clock.now(),
    bodyEndAt: null,
  };
  const forcedHeader = head.headers['x-mock-fault'];
  const forced = forcedHeader === undefined ? undefined : await readForced(forcedHeader, response);
  if (forced === null) return undefined;
  const session = engine.session(target.session);
  const destination = { path: target.path, call: target.call, forced };
  // What strikes connections was asked of the default session as this one was accepted.
  if (forced !== undefined || session !== engine.defaultSession) {
    const refusal = session.refuse(head, destination);
    if (refusal !== undefined) return refusal;
  }
  const uploaded = session.begin();
  try {
    const { body, oversized, abandoned } = await readBody(request, session.maxBodyBytes);
    if (abandoned) {
      session.abandoned({ ...head, body }, destination, abandonedBy(connection, clock.now()));
      return undefined;
    }
    const incoming: Incoming = { ...head, body, oversized, bodyEndAt: clock.now() };
    // What the answers before it make of the connection, they make of this request.
    await turn.ready;
    // The rest of an oversized body is not a request: the connection ends with the answer.
    if (oversized) response.shouldKeepAlive = false;
    // A client that gave up may come back before its leaving was read: let that be read first.
    if (session.isWaiting(incoming, target.path)) await new Promise((resolve) => setTimeout(resolve, LEAVING_MS));
    return session.receive(incoming, { ...destination, fate: connection.takeFate() });
  } finally {
    uploaded();
  }
}

async function carryOut(exchange: Exchange, ends: Omit<Arrived, 'target' | 'turn'>, engine: Engine): Promise<void> {
  const { reply, applied, headSent, finished } = exchange;
  let performed: Performed = { ...NOTHING_SENT, clientCloseAt: null, closedBy: 'server', closedHow: 'fin' };
  try {
    performed = await perform(reply, {
      ...ends,
      clock: engine.clock,
      headSent,
      doomed: (next) => ends.connection.doom({ applied, reply: next }),
    });
  } finally {
    finished(performed);
  }
}

/** Refuses a connection as it is accepted, where a rule of the default session says so. */
function meet(connection: ClientConnection, { engine, connections }: AnswerOptions): void {
  const { acceptedAt } = connection;
  const incoming: Incoming = {
    method: '',
    target: '',
    headers: {},
    body: NO_BODY,
    oversized: false,
    connection: connections.state(connection),
    headersAt: acceptedAt,
    bodyEndAt: null,
  };
  const exchange = engine.defaultSession.refuse(incoming, { path: '', call: undefined, forced: undefined });
  if (exchange === undefined) return;
  connection.end('reset');
  exchange.finished({ ...NOTHING_SENT, clientCloseAt: null, closedBy: 'server', closedHow: 'reset' });
}

/** How an upload ended that its client, or the end of the server, cut short. */
function abandonedBy({ endedHow, socket }: ClientConnection, at: number): Performed {
  if (endedHow !== undefined) return { ...NOTHING_SENT, clientCloseAt: null, closedBy: 'server', closedHow: endedHow };
  const closedHow = socket.readableEnded ? 'fin' : 'reset';
  return { ...NOTHING_SENT, clientCloseAt: at, closedBy: 'client', closedHow };
}

/** The faults the header asks for; null when it is wrong and has been answered. */
async function readForced(header: string, response: ServerResponse) {
  const { parseForcedFault } = await import('../engine/forced-fault.ts');
  try {
    return parseForcedFault(header);
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    sendProblem(response, 400, 'The x-mock-fault header is wrong.', error.message);
    return null;
  }
}

function fail(response: ServerResponse, error: unknown, { onFailure }: ListenOptions): void {
  onFailure(error);
  if (response.headersSent) response.destroy();
  else sendProblem(response, 500, 'mock-openai itself failed.', error instanceof Error ? error.message : String(error));
}

/** RFC 9457: what the mock, not OpenAI, has to say. */
function sendProblem(response: ServerResponse, status: number, title: string, detail: string): void {
  const body = JSON.stringify({ type: 'about:blank', title, status, detail });
  while (response.writableCorked > 0) response.uncork();
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

function originHost(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
