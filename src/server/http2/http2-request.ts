import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Incoming } from '../../exchange/incoming.ts';
import type { ArrivedRequest, BodyListener } from '../http-exchange.ts';
import { http1Headers } from './http1-headers.ts';

const NO_HEADERS: Incoming['headers'] = Object.freeze({});

/** A request of HTTP/2, which is a stream of its own. */
export class Http2Request implements ArrivedRequest {
  readonly protocol = 'http/2';
  readonly method: string;
  readonly url: string;
  readonly streamId: number;
  headers: Incoming['headers'];
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream, fields: IncomingHttpHeaders) {
    this.#stream = stream;
    this.streamId = stream.id ?? 0;
    this.method = String(fields[':method'] ?? 'GET');
    this.url = String(fields[':path'] ?? '/');
    this.headers = http1Headers(fields);
  }

  get destroyed(): boolean {
    return this.#stream.destroyed;
  }

  deliver(listener: BodyListener): void {
    const stream = this.#stream;
    // The stream lives as long as its answer: it is not to hold what has read the body.
    let reader: BodyListener | undefined = listener;
    stream.on('data', (bytes: Buffer) => reader?.chunk(bytes));
    stream.on('end', () => {
      const reading = reader;
      reader = undefined;
      // A stream that is reset ends, too.
      if (!stream.aborted) reading?.end();
    });
  }

  forgetHead(): void {
    this.headers = NO_HEADERS;
  }
}
