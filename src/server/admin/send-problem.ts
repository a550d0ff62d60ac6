import type { PlainResponse } from '../http-exchange.ts';

/** What a problem is called, and what is to be said of it. */
export interface ProblemDetails {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

/** RFC 9457: what the mock, not OpenAI, has to say. `readableByPages`: a page of another origin may read it, too. */
export function sendProblem(
  response: PlainResponse,
  { status, title, detail }: ProblemDetails,
  { readableByPages = false }: { readonly readableByPages?: boolean } = {},
): void {
  const body = JSON.stringify({ type: 'about:blank', title, status, detail });
  while (response.writableCorked > 0) response.uncork();
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    ...(readableByPages && { 'access-control-allow-origin': '*' }),
  });
  response.end(body);
}
