import type { AdminAnswer, FromWorker } from './messages.ts';

type Asked = Extract<FromWorker, { kind: 'admin' }>;

interface Answerer {
  admin(request: Request): Promise<Response>;
  /** Resolves when no process knows more than another. */
  settled(): Promise<void>;
}

/** Methods that a Request does not take. */
const UNASKABLE: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** Whether the answer goes on as long as its client listens. */
export function isStreamed({ method, url }: Pick<Asked, 'method' | 'url'>): boolean {
  return method === 'GET' && /^(?:\/s\/[^/?]+)?\/__admin\/events(?:\?|$)/.test(url);
}

/** Answers a request to the admin API that came to a worker: with what all of them know, and once all know what it changed. */
export async function answerAdmin(asked: Asked, { admin, settled }: Answerer): Promise<AdminAnswer> {
  const { ref, method, url, headers, body } = asked;
  if (UNASKABLE.has(method)) return problemAnswer(ref, 405, 'Wrong method.', `The admin API does not take ${method}.`);
  const host = headers.find(([name]) => name === 'host')?.[1] ?? 'localhost';
  const address = URL.canParse(url, `http://${host}`) ? new URL(url, `http://${host}`) : undefined;
  if (address === undefined) return problemAnswer(ref, 400, 'The Host header is wrong.', `${JSON.stringify(host)} is no host.`);
  await settled();
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const answer = await admin(
    new Request(address, {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      ...(hasBody && { body: Buffer.from(body) }),
    }),
  );
  const bytes = new Uint8Array(await answer.arrayBuffer());
  await settled();
  return { kind: 'admin answer', ref, status: answer.status, headers: [...answer.headers], body: bytes };
}

function problemAnswer(ref: number, status: number, title: string, detail: string): AdminAnswer {
  const body = new TextEncoder().encode(JSON.stringify({ type: 'about:blank', title, status, detail }));
  return { kind: 'admin answer', ref, status, headers: [['content-type', 'application/problem+json']], body };
}
