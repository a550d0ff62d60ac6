import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ScenarioError } from '../core/problem.ts';
import { type Engine, MAX_BODY_BYTES } from '../engine/engine.ts';
import { parseForcedFault } from '../engine/forced-fault.ts';
import { type Incoming, parseTarget } from '../engine/incoming.ts';
import type { Performed } from '../engine/performed.ts';
import { Connections } from './connections.ts';
import { perform } from './perform.ts';
import { readBody } from './read-body.ts';

/** What answers under `/__admin`. */
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

/** Starts the server. Rejects with the system's error when the address cannot be had. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const { engine, host, port } = options;
  const connections = new Connections(engine.clock.now);
  const server = createServer((request, response) => {
    const connection = connections.request(request.socket);
    answer(request, response, connection, options).catch((error: unknown) => fail(response, error, options));
  });
  server.on('connection', (socket) => connections.accept(socket));
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
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  connection: Incoming['connection'],
  { engine, admin }: ListenOptions,
): Promise<void> {
  const { clock } = engine;
  const headersAt = clock.now();
  const { session, call, path } = parseTarget(request.url ?? '/');
  if (path === '/__admin' || path.startsWith('/__admin/')) return admin(request, response);
  const read = await readBody(request, MAX_BODY_BYTES);
  if (read === undefined) return;
  const incoming: Incoming = {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    headers: request.headers as Incoming['headers'],
    body: read.body,
    oversized: read.oversized,
    connection,
    headersAt,
    bodyEndAt: clock.now(),
  };
  // The rest of an oversized body is not a request: the connection ends with the answer.
  if (read.oversized) response.shouldKeepAlive = false;
  const forcedHeader = incoming.headers['x-mock-fault'];
  const forced = forcedHeader === undefined ? undefined : readForced(forcedHeader, response);
  if (forced === null) return;
  // A client that gave up may come back before its leaving was read: let that be read first.
  if (engine.session(session).isWaiting(incoming, path)) {
    await new Promise((resolve) => setTimeout(resolve, LEAVING_MS));
  }
  const exchange = engine.session(session).receive(incoming, { path, call, forced });
  let performed: Performed = {
    lastByteAt: null,
    clientCloseAt: null,
    closedBy: 'server',
    closedHow: 'fin',
    bytesOut: 0,
    chunksOut: 0,
    eventsOut: 0,
  };
  try {
    performed = await perform(exchange.reply, {
      request,
      response,
      clock,
      headSent: exchange.headSent,
    });
  } finally {
    exchange.finished(performed);
  }
}

/** The faults the header asks for; null when it is wrong and has been answered. */
function readForced(header: string, response: ServerResponse) {
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
