import { type IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ArrivedRequest, BodyListener } from '../http-exchange.ts';

const NO_FIELDS: string[] = [];
const NO_HEADERS: IncomingHttpHeaders = Object.freeze({});
const NOBODY: BodyListener = { chunk: () => undefined, end: () => undefined };

/** What node:http says of a message and its types do not. */
interface HeldMessage {
  /** The client asks for another protocol. */
  upgrade: boolean | null;
  _addHeaderLines(headers: string[], length: number): void;
}

const { _addHeaderLines: ADD_HEADER_LINES } = IncomingMessage.prototype as unknown as HeldMessage;

/** Whether the header fields are those of an opening handshake (RFC 6455 §4.2.1). Without them the request stays one of HTTP. */
function opensWebSocket(headers: IncomingHttpHeaders): boolean {
  return (
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '')
  );
}

/**
 * A request whose body can be had straight from the parser: for a body that is wanted whole, streams cost more than
 * parsing it. Whoever does not ask for that has a stream as usual.
 */
export class ReceivedMessage extends IncomingMessage implements ArrivedRequest {
  declare upgrade: boolean | null;

  static {
    // TypeScript takes it for a field, which no accessor may replace.
    const inherited = Object.getOwnPropertyDescriptor(Readable.prototype, 'readableEnded');
    Object.defineProperty(ReceivedMessage.prototype, 'readableEnded', {
      get(this: ReceivedMessage): boolean {
        return this.#listener === undefined ? inherited?.get?.call(this) : this.complete;
      },
    });
  }

  #listener: BodyListener | undefined;

  /** The version of HTTP. */
  get protocol(): 'http/1.0' | 'http/1.1' {
    return this.httpVersionMinor === 0 ? 'http/1.0' : 'http/1.1';
  }

  /**
   * Called by node:http with the header fields, before it asks whether the connection is to be upgraded. Of all upgrades
   * only those to a WebSocket are for us: Java's client offers HTTP/2 with each request.
   */
  _addHeaderLines(headers: string[], length: number): void {
    ADD_HEADER_LINES.call(this, headers, length);
    if (this.upgrade) this.upgrade = opensWebSocket(this.headers);
  }

  /** Hands over the whole body, from now on if nothing of it has come yet. */
  deliver(listener: BodyListener): void {
    if (this.complete || this.readableLength > 0) {
      this.on('data', (bytes: Buffer) => listener.chunk(bytes)).on('end', () => listener.end());
    } else this.#listener = listener;
  }

  override push(chunk: Buffer | null, encoding?: BufferEncoding): boolean {
    const listener = this.#listener;
    if (listener === undefined) return super.push(chunk, encoding);
    if (chunk === null) {
      // The request lives as long as its answer.
      this.#listener = NOBODY;
      listener.end();
    } else listener.chunk(chunk);
    return true;
  }

  /** Lets go of the header fields, which nobody will ask for again. */
  forgetHead(): void {
    this.rawHeaders = NO_FIELDS;
    this.headers = NO_HEADERS;
  }

  /** Called by node:http when the answer is over, so that somebody reads the rest: here somebody does. */
  _dump(): void {
    if (this.#listener === undefined) this.resume();
  }
}
