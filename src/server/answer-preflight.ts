import type { IncomingHttpHeaders } from 'node:http';
import type { PlainResponse } from './http-exchange.ts';

/** As long as browsers remember one at most (Chromium: two hours). Seconds. */
const MAX_AGE = 7_200;

/** Whether a browser asks if a page may send a request (Fetch standard, CORS-preflight request). */
export function isPreflight(method: string | undefined, headers: IncomingHttpHeaders): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

/** Says that a page may send what it asks for. What OpenAI says here is unverified. */
export function answerPreflight(headers: IncomingHttpHeaders, response: PlainResponse): void {
  const asked = headers['access-control-request-headers'];
  response.writeHead(204, {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
    ...(asked !== undefined && { 'access-control-allow-headers': asked }),
    'access-control-max-age': String(MAX_AGE),
    vary: 'Origin, Access-Control-Request-Headers',
  });
  response.end('');
}
