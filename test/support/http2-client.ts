import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import { onTestFinished } from 'vitest';
import type { MockOpenAI } from '../../src/index.ts';

/** What a client of HTTP/2 saw of one stream. */
export interface SeenStream {
  readonly id: number | undefined;
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** `complete`, or the name of the code by which the stream was reset: `REFUSED_STREAM`. */
  readonly ending: string;
}

/** A connection of HTTP/2 to the mock, by prior knowledge or by TLS; it is closed when the test is over. */
export function http2Session({ origin, tls }: Pick<MockOpenAI, 'origin' | 'tls'>): ClientHttp2Session {
  const session = connect(origin, tls?.authority == null ? {} : { ca: tls.authority });
  session.on('error', () => undefined);
  onTestFinished(() => session.destroy());
  return session;
}

/** Sends a request for a chat completion. */
export function openChat(session: ClientHttp2Session, mock: Pick<MockOpenAI, 'apiKey'>, body: object = {}): ClientHttp2Stream {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/v1/chat/completions',
    authorization: `Bearer ${mock.apiKey}`,
    'content-type': 'application/json',
  });
  stream.on('error', () => undefined);
  stream.end(JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }], ...body }));
  return stream;
}

/** Reads a stream to its end. */
export function seen(stream: ClientHttp2Stream): Promise<SeenStream> {
  return new Promise((resolve) => {
    let headers: IncomingHttpHeaders = {};
    let text = '';
    let isEnded = false;
    stream.setEncoding('utf8');
    stream.on('response', (given) => void (headers = given));
    stream.on('data', (piece: string) => void (text += piece));
    stream.on('end', () => void (isEnded = true));
    stream.on('close', () => {
      const status = headers[':status'];
      const code = stream.rstCode ?? 0;
      const ending = code === 0 ? (isEnded && status !== undefined ? 'complete' : 'nothing') : nameOf(code);
      resolve({ id: stream.id, status: status === undefined ? undefined : Number(status), headers, text, ending });
    });
  });
}

/** A chat completion on the connection. */
export function chatBy(session: ClientHttp2Session, mock: Pick<MockOpenAI, 'apiKey'>, body: object = {}): Promise<SeenStream> {
  return seen(openChat(session, mock, body));
}

function nameOf(code: number): string {
  const [name = `code ${code}`] =
    Object.entries(constants).find(
      ([key, value]) => key.startsWith('NGHTTP2_') && !key.startsWith('NGHTTP2_ERR_FRAME') && value === code && CODES.has(key),
    ) ?? [];
  return name.replace('NGHTTP2_', '');
}

const CODES: ReadonlySet<string> = new Set(
  [
    'INTERNAL_ERROR',
    'REFUSED_STREAM',
    'CANCEL',
    'ENHANCE_YOUR_CALM',
    'PROTOCOL_ERROR',
    'FLOW_CONTROL_ERROR',
    'STREAM_CLOSED',
  ].map((name) => `NGHTTP2_${name}`),
);
