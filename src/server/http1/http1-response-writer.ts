import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import type { Head, Write } from '../../core/wire/effect.ts';
import { hasNoBody } from '../../core/wire/has-no-body.ts';
import { isNamed } from '../../core/wire/header-field.ts';
import type { Exchange } from '../../session/exchange.ts';
import type { ClientConnection } from '../client-connection.ts';
import type { Amount, ResponseWriter } from '../response-writer.ts';
import { unacknowledged } from '../unacknowledged.ts';

/** A request of HTTP/1, and where its response goes. */
export interface Http1Target {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connection: ClientConnection;
  readonly clock: Clock;
}

/** What waits to be sent. */
interface Queue {
  readonly parts: (string | Uint8Array)[];
  /** Of the parts, in bytes and characters. */
  length: number;
  /** Whose bytes are used again when they have been sent. */
  readonly lent: Write[];
}

const NOTHING: Amount = { bytesOut: 0, chunksOut: 0, eventsOut: 0 };

/** What node:http keeps of a head: names it has had since its first versions. */
interface HeldHead {
  _header: string | null;
  _headerSent: boolean;
  /** The connection ends with the response. */
  _last: boolean;
}

/**
 * Where one answer goes out: as text that waits until it is flushed, so that what is ready together leaves together, head
 * and body in one write. Heads and chunks are written here and handed to the socket as they are: node:http would look at
 * each of thirty fields again, and make five writes of each chunk. Where a body ends with its connection, and where an
 * answer has none, the head is left to node:http.
 */
export class Http1ResponseWriter implements ResponseWriter {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #exchange: Pick<Exchange, 'headSent'>;
  /** The head, while nothing of it has left. */
  #unsent: Head | undefined;
  #lastByteAt: number | null = null;
  /** Of the body: what the kernel has taken. */
  #taken: Amount = NOTHING;
  /** Of the body: what was written. */
  #bytes = 0;
  #chunks = 0;
  #events = 0;
  #text = '';
  /** The text is ASCII, which is the same in every encoding. */
  #isAscii = true;
  /** node:http writes the head and the body. */
  #isManaged = false;
  /** The body is sent in chunks. */
  #isChunked = false;
  #hasHead = false;
  #closes = false;
  /** Of the text, while the head is in it. UTF-16 units. */
  #headLength = 0;
  /** What goes before the text: text and bytes by turns. */
  #queue: Queue | undefined;

  /** The exchange is told of the head just before the first byte of it goes to the socket. */
  constructor({ request, response, connection, clock }: Http1Target, exchange: Pick<Exchange, 'headSent'>) {
    this.#request = request;
    this.#response = response;
    this.#socket = connection.socket;
    this.#clock = clock;
    this.#exchange = exchange;
    response.sendDate = false;
  }

  get backlog(): number {
    return (this.#queue?.length ?? 0) + this.#text.length + this.#response.writableLength;
  }

  get lastByteAt(): number | null {
    return this.#lastByteAt;
  }

  get taken(): Amount {
    return this.#taken;
  }

  get written(): Amount {
    return { bytesOut: this.#bytes, chunksOut: this.#chunks, eventsOut: this.#events };
  }

  get isWhole(): boolean {
    return this.#unsent !== undefined && !this.#isManaged;
  }

  get hasHead(): boolean {
    return this.#hasHead;
  }

  get closes(): boolean {
    return this.#closes;
  }

  /** Gives the head; hop-by-hop fields are adapted to the client (RFC 9112 §6.1, §9.3). */
  head(head: Head): void {
    const { status, headers, printed } = head;
    const response = this.#response;
    this.#unsent = head;
    this.#hasHead = true;
    const speaks = speaksChunks(this.#request);
    const frame = frameOf(headers, speaks);
    // node:http keeps what comes before its turn, too.
    const isTurn = response.socket === this.#socket;
    if (frame === undefined || hasNoBody(status) || !isTurn || !('_header' in response)) {
      this.#isManaged = true;
      this.#isChunked = writeHead({ status, headers }, this.#request, response);
      this.#closes = (response as unknown as HeldHead)._last || !response.shouldKeepAlive;
      return;
    }
    this.#isChunked = frame === 'chunks' && this.#request.method !== 'HEAD';
    const statusLine = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}`;
    const isPrinted = printed?.of === headers && speaks && response.shouldKeepAlive;
    const { text, closes } = isPrinted ? { text: printed.text, closes: false } : printedFor(headers, frame, response);
    this.#text = `${statusLine}\r\n${text}\r\n`;
    this.#headLength = this.#text.length;
    this.#closes = closes;
    response.statusCode = status;
    response.chunkedEncoding = false;
    const held = response as unknown as HeldHead;
    // That there is one is all that node:http asks of a head that was sent.
    held._header = statusLine;
    held._headerSent = true;
    held._last = closes;
  }

  get isDestroyed(): boolean {
    return this.#response.destroyed;
  }

  get isFinished(): boolean {
    return this.#response.writableFinished;
  }

  onError(callback: () => void): void {
    this.#response.on('error', callback);
  }

  takeHead(): Uint8Array {
    this.#announce();
    const text = this.#text;
    this.#text = '';
    this.#headLength = 0;
    return Buffer.from(text, 'latin1');
  }

  write(write: Write): void {
    const { data, holds } = write;
    // An answer to HEAD has no body.
    if (this.#request.method === 'HEAD') return;
    const bytes = holds?.bytes ?? (typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength);
    // An empty chunk would be the last.
    const framed = this.#isChunked && bytes > 0;
    if (framed) this.#text += `${bytes.toString(16)}\r\n`;
    this.#count(write, bytes);
    if (typeof data !== 'string') {
      if (bytes > 0) this.#queueBytes(data, write);
    } else {
      if (bytes !== data.length) this.#isAscii = false;
      this.#text += data;
    }
    if (framed) this.#text += '\r\n';
  }

  #queueBytes(data: Uint8Array, write: Write): void {
    const queue = (this.#queue ??= { parts: [], length: 0, lent: [] });
    const text = this.#takeText();
    if (text !== '') queue.parts.push(text);
    queue.parts.push(data);
    queue.length += text.length + data.length;
    if (write.giveBack !== undefined) queue.lent.push(write);
  }

  /** The text that waits, as it goes to the socket. */
  #takeText(): string | Uint8Array {
    const text = this.#text;
    this.#text = '';
    // node:http encodes what it manages.
    const encoded = text === '' || this.#isManaged ? text : this.#encoded(text);
    this.#isAscii = true;
    return encoded;
  }

  #count({ event, holds }: Write, bytes: number): void {
    this.#bytes += bytes;
    this.#chunks += holds?.contents ?? (event === 'content' ? 1 : 0);
    this.#events += holds?.events ?? (event === undefined ? 0 : 1);
  }

  flush(): void {
    this.#hand();
    if (!this.#isManaged) return;
    const response = this.#response;
    this.#announce();
    if (!response.writableEnded && this.#hasHead) response.flushHeaders();
    while (response.writableCorked > 0) response.uncork();
  }

  send(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  whenTaken(callback: () => void): void {
    this.#socket.write('', () => callback());
  }

  whenFinished(callback: () => void): () => void {
    const response = this.#response;
    response.once('finish', callback);
    return () => void response.off('finish', callback);
  }

  unacknowledged(): Promise<number | undefined> {
    return unacknowledged(this.#socket);
  }

  whenDrained(callback: () => void): (() => void) | undefined {
    const socket = this.#socket;
    if (!socket.writableNeedDrain) return undefined;
    socket.once('drain', callback);
    return () => void socket.off('drain', callback);
  }

  end(): boolean {
    const response = this.#response;
    this.#announce();
    if (this.#isChunked) this.#text += '0\r\n\r\n';
    const queue = this.#takeQueue();
    const text = this.#takeText();
    if (this.#isManaged) {
      for (const part of queue?.parts ?? []) response.write(part);
      response.end(text);
    } else {
      this.#toSocket(queue, text);
      response.end();
    }
    return response.writableFinished;
  }

  completed(): void {
    this.#lastByteAt = this.#clock.now();
    this.#taken = this.written;
  }

  #takeQueue(): Queue | undefined {
    const queue = this.#queue;
    this.#queue = undefined;
    return queue;
  }

  #hand(): void {
    const queue = this.#takeQueue();
    const text = this.#takeText();
    if (queue === undefined && text === '') return;
    this.#announce();
    if (this.#bytes > 0) this.#lastByteAt = this.#clock.now();
    if (this.#isManaged) this.#toManaged([...(queue?.parts ?? []), ...(text === '' ? [] : [text])]);
    else {
      this.#toSocket(queue, text);
      this.#noteTaken();
    }
  }

  #toManaged(parts: readonly (string | Uint8Array)[]): void {
    const { written } = this;
    for (const [at, part] of parts.entries()) {
      const isLast = at === parts.length - 1;
      this.#response.write(part, (error) => {
        if (error == null && isLast) this.#taken = written;
      });
    }
  }

  /** What waits, in one write. */
  #toSocket(queue: Queue | undefined, text: string | Uint8Array): void {
    const socket = this.#socket;
    if (queue === undefined) {
      if (text !== '') writeTo(socket, text);
      return;
    }
    socket.cork();
    for (const part of queue.parts) writeTo(socket, part);
    if (text !== '') writeTo(socket, text);
    socket.uncork();
    // What the kernel did not take is still read.
    if (socket.writableLength === 0) for (const write of queue.lent) write.giveBack?.(write.data);
  }

  /** Text as it is where one byte stands for each character, else bytes: a head is Latin-1 (RFC 9110 §5.5), a body UTF-8. */
  #encoded(text: string): string | Uint8Array {
    const headLength = this.#headLength;
    this.#headLength = 0;
    if (this.#isAscii) return text;
    if (headLength === 0) return Buffer.from(text);
    return Buffer.concat([Buffer.from(text.slice(0, headLength), 'latin1'), Buffer.from(text.slice(headLength))]);
  }

  #announce(): void {
    const head = this.#unsent;
    this.#unsent = undefined;
    if (head !== undefined) this.#exchange.headSent(head);
  }

  /** Most often the kernel takes everything at once, and nothing has to be waited for. */
  #noteTaken(): void {
    const socket = this.#socket;
    const { written } = this;
    if (socket.writableLength > 0) {
      // Told when what stands before it has been taken.
      socket.write('', (error) => {
        if (error == null) this.#taken = written;
      });
    } else if (socket.errored === null && !socket.destroyed) this.#taken = written;
  }
}

/** Text of which each character is one byte, or bytes. */
function writeTo(socket: Socket, part: string | Uint8Array): void {
  if (typeof part === 'string') socket.write(part, 'latin1');
  else socket.write(part);
}

/** Whether the client knows chunks: HTTP/1.0 does not. */
function speaksChunks({ httpVersionMajor, httpVersionMinor }: IncomingMessage): boolean {
  return httpVersionMajor > 1 || httpVersionMinor > 0;
}

/** By what the end of the body is known; undefined where it is the end of the connection. */
function frameOf(headers: Head['headers'], chunks: boolean): 'chunks' | 'length' | undefined {
  let length = false;
  for (const header of headers) {
    if (chunks && isNamed(header, 'transfer-encoding')) return 'chunks';
    if (isNamed(header, 'content-length')) length = true;
  }
  return length ? 'length' : undefined;
}

/** The fields as text, hop-by-hop ones adapted to the client, and whether the connection ends with the answer. */
function printedFor(
  headers: Head['headers'],
  frame: 'chunks' | 'length',
  { shouldKeepAlive }: ServerResponse,
): { readonly text: string; readonly closes: boolean } {
  let closes = !shouldKeepAlive;
  let text = '';
  for (const header of headers) {
    let value = header[1];
    if (isNamed(header, 'connection')) {
      if (closes) value = 'close';
      else closes = /close/i.test(value);
    } else if (frame === 'length' && isNamed(header, 'transfer-encoding')) continue;
    text += `${header[0]}: ${value}\r\n`;
  }
  return { text, closes };
}

/** Gives the head to node:http. Tells whether the body has to be sent in chunks. */
function writeHead(
  { status, headers }: Pick<Head, 'status' | 'headers'>,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const fields: string[] = [];
  const chunks = speaksChunks(request);
  // Without a frame, the end of the connection is the end of the body.
  if (!chunks && frameOf(headers, chunks) === undefined) response.shouldKeepAlive = false;
  if (!headers.some((header) => isNamed(header, 'connection'))) response.removeHeader('connection');
  for (const header of headers) {
    if (!chunks && isNamed(header, 'transfer-encoding')) continue;
    fields.push(header[0], !response.shouldKeepAlive && isNamed(header, 'connection') ? 'close' : header[1]);
  }
  response.writeHead(status, fields);
  const chunked = response.chunkedEncoding && request.method !== 'HEAD';
  if (chunked) response.chunkedEncoding = false;
  return chunked;
}
