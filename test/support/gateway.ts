import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export interface GatewayOptions {
  /** Base URLs, in the order in which they are asked. */
  readonly upstreams: readonly string[];
  /** How often each is asked before the next is, without a pause; default once. */
  readonly tries?: number;
  /** After so many requests it is gone: nothing listens there any more. */
  readonly lasts?: number;
}

/** A gateway on a free port, which ends with the test: it hands on the first answer that is no failure, or the last one. Returns its base URL. */
export async function startGateway({ upstreams, tries = 1, lasts = Number.POSITIVE_INFINITY }: GatewayOptions): Promise<string> {
  const targets = upstreams.flatMap((upstream) => Array.from({ length: tries }, () => upstream));
  let asked = 0;
  const server = createServer(async (incoming, outgoing) => {
    asked += 1;
    if (asked > lasts) {
      server.close();
      server.closeAllConnections();
      return;
    }
    const body = await text(incoming);
    let last: { readonly status: number; readonly said: string } = { status: 502, said: '{}' };
    for (const target of targets) {
      last = await ask(target, incoming, body);
      if (last.status < 500) break;
    }
    outgoing.writeHead(last.status, { 'content-type': 'application/json' }).end(last.said);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

async function ask(upstream: string, { url = '', headers }: IncomingMessage, body: string) {
  try {
    const response = await fetch(`${upstream}${url.replace(/^\/v1/, '')}`, {
      method: 'POST',
      headers: { authorization: headers.authorization ?? '', 'content-type': 'application/json' },
      body,
    });
    return { status: response.status, said: await response.text() };
  } catch {
    return { status: 502, said: '{}' };
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
