import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream';
import type { FromGatewayFront, ToGatewayFront } from './gateway-front-message.ts';

/*
 * A process of its own between clients and a gateway. It passes on what comes, as it comes, and counts: what clients send does not
 * arrive at the mock, so that nobody else can tell how often they ask. The path that a client is given names its call.
 */

const [gateway = ''] = process.argv.slice(2);
const { protocol, hostname, port, pathname } = new URL(gateway);
const isTls = protocol === 'https:';
/** Servers close a connection that was idle for some seconds; a request that is written to it at that moment would be lost. */
const IDLE_MS = 1_000;
const agent = isTls ? new TlsAgent({ keepAlive: true, timeout: IDLE_MS }) : new Agent({ keepAlive: true, timeout: IDLE_MS });
/** Of a connection, not of a message (RFC 9110 7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade'];
const CALL_PATH = /^\/c\/([^/]+)\/v1(?=[/?]|$)/;
const BATCH_MS = 50;
/** What the system says when no connection can be opened. */
const UNREACHABLE = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT'];

const say = (message: FromGatewayFront): void => {
  if (process.connected) process.send?.(message);
};

const sent: string[] = [];
const answers: (number | null)[] = [];
let unreachable = 0;
const tell = (): void => {
  if (sent.length + answers.length + unreachable === 0) return;
  say({ type: 'seen', sent: sent.splice(0), answers: answers.splice(0), unreachable });
  unreachable = 0;
};

/** Headers as they came, in their order and spelling, without those of the connection. */
function passedOn({ rawHeaders }: IncomingMessage, leftOut: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (!leftOut.includes(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}

function pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { url = '', method = 'GET' } = incoming;
  const [prefix, call] = CALL_PATH.exec(url) ?? [];
  if (prefix === undefined || call === undefined) {
    outgoing.writeHead(404).end('the base URL of a call ends in /c/NAME/v1\n');
    return;
  }
  sent.push(call);
  let status: number | null = null;
  outgoing.once('close', () => answers.push(status));
  const headers = ['host', new URL(gateway).host, ...passedOn(incoming, ['host', ...HOP_BY_HOP])];
  const path = `${pathname.replace(/\/$/, '')}${url.slice(prefix.length)}`;
  const asked = (isTls ? tlsRequest : request)({ agent, hostname: bare(hostname), port, path, method, headers });
  asked.on('response', (response) => {
    status = response.statusCode ?? null;
    outgoing.writeHead(response.statusCode ?? 502, response.statusMessage, passedOn(response, HOP_BY_HOP));
    // The head of a stream comes before its first event.
    outgoing.flushHeaders();
    pipeline(response, outgoing, () => undefined);
  });
  // A connection that breaks on one side breaks on the other.
  asked.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
    if (UNREACHABLE.includes(code)) unreachable += 1;
    outgoing.destroy();
  });
  outgoing.once('close', () => asked.destroy());
  pipeline(incoming, asked, () => undefined);
}

/** An IPv6 address without its brackets. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

// A client's idle connection is the client's to close.
const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, pass);
process.on('message', ({ type }: ToGatewayFront) => {
  tell();
  if (type === 'tell') say({ type: 'told' });
});
process.on('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);
server.listen(0, '127.0.0.1', () => {
  say({ type: 'listening', port: (server.address() as AddressInfo).port });
  setInterval(tell, BATCH_MS).unref();
  say({ type: 'ready' });
});
