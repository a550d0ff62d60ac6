import type { FromWorker, ToWorker } from './messages.ts';

type Asked = Extract<FromWorker, { kind: 'admin' }>;
type Answer = Extract<ToWorker, { kind: 'admin answer' }>;

interface Answerer {
  admin(request: Request): Promise<Response>;
  /** Resolves when no process knows more than another. */
  settled(): Promise<void>;
}

/** Methods that a Request does not take. */
const UNASKABLE: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** Answers a request to the admin API that came to a worker: with what all of them know, and once all know what it changed. */
export async function answerAdmin(asked: Asked, { admin, settled }: Answerer): Promise<Answer> {
  const { ref, method, url, headers, body } = asked;
  if (UNASKABLE.has(method)) return { kind: 'admin answer', ref, status: 405, headers: [], body: new Uint8Array(0) };
  await settled();
  const host = headers.find(([name]) => name === 'host')?.[1] ?? 'localhost';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const answer = await admin(
    new Request(new URL(url, `http://${host}`), {
      method,
      headers: headers.map(([name, value]): [string, string] => [name, value]),
      ...(hasBody && { body: Buffer.from(body) }),
    }),
  );
  const bytes = new Uint8Array(await answer.arrayBuffer());
  await settled();
  return { kind: 'admin answer', ref, status: answer.status, headers: [...answer.headers], body: bytes };
}
