import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PrimaryClient } from './primary-client.ts';

/** Has the primary answer a request to the admin API. */
export async function relayAdmin(line: PrimaryClient, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = 'GET', url = '/' } = request;
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
  const answer = await line.request({ kind: 'admin', method, url, headers, body: Buffer.concat(chunks) });
  if (answer.kind !== 'admin answer') return;
  response.writeHead(answer.status, answer.headers.flat());
  response.end(answer.body);
}
