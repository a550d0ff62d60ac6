import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { MAX_ADMIN_BODY_BYTES } from '../server/admin/max-admin-body-bytes.ts';
import { sendProblem } from '../server/admin/send-problem.ts';
import type { PrimaryClient } from './primary-client.ts';

/** Has the primary answer a request to the admin API. One that its client cuts short is not answered. */
export async function relayAdmin(line: PrimaryClient, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_ADMIN_BODY_BYTES) return tooLong(response);
      chunks.push(chunk);
    }
  } catch (error) {
    if (request.destroyed) return;
    throw error;
  }
  const { method = 'GET', url = '/' } = request;
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
  const answer = await line.request({ kind: 'admin', method, url, headers, body: Buffer.concat(chunks) });
  if (answer.kind === 'admin at') return handOn(request, response, answer.port);
  if (answer.kind !== 'admin answer') return;
  response.writeHead(answer.status, answer.headers.flat());
  response.end(answer.body);
}

/** Hands on an answer that is a stream, as its client takes it. */
async function handOn(request: IncomingMessage, response: ServerResponse, port: number): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const asked = ask({ host: '127.0.0.1', port, method, path: url, headers: { ...headers, connection: 'close' }, agent: false });
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve);
    asked.once('error', reject);
    response.once('close', () => asked.destroy());
    asked.end();
  });
  const { connection: _connection, 'transfer-encoding': _coding, ...fields } = answer.headers;
  response.writeHead(answer.statusCode ?? 500, fields);
  response.flushHeaders();
  // Either side may end it.
  await pipeline(answer, response).catch(() => undefined);
}

/** The rest of the body is not read. */
function tooLong(response: ServerResponse): void {
  response.shouldKeepAlive = false;
  const detail = `The admin API takes at most ${MAX_ADMIN_BODY_BYTES} bytes.`;
  sendProblem(response, { status: 413, title: 'The body is too long.', detail });
}
