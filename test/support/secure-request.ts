import { request } from 'node:https';
import type { MockOpenAI } from '../../src/index.ts';

/** The status of a chat completion by HTTPS, or the code of what went wrong. Each comes on a connection of its own. */
export function secureChat(
  { origin, apiKey, tls }: Pick<MockOpenAI, 'origin' | 'apiKey' | 'tls'>,
  { ca = tls?.authority ?? undefined, host }: { readonly ca?: string | undefined; readonly host?: string } = {},
): Promise<number | string> {
  const url = new URL(`${origin}/v1/chat/completions`);
  if (host !== undefined) url.hostname = host;
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  return new Promise((resolve) => {
    const sent = request(url, { method: 'POST', headers, ca, agent: false }, (response) => {
      response.resume();
      response.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end(JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] }));
  });
}
