import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { ClientConnection } from './client-connection.ts';
import { Connections } from './connections.ts';
import { ReceivedMessage } from './http1/received-message.ts';
import { prefaceIn, takeFromHttp1 } from './http1/take-from-http1.ts';
import type { Http2Connections, Http2Parts } from './http2/http2-connections.ts';
import type { ListeningAddress } from './listening-address.ts';
import type { TlsFront } from './tls/tls-front.ts';
import type { TlsIdentities } from './tls/tls-identities.ts';

export interface TransportOptions {
  /** What connections are shown that are opened by TLS; undefined where they are plain. */
  readonly tls: TlsIdentities | undefined;
  /** Milliseconds of the clock by which connections are told. */
  now(): number;
  /** A request by HTTP/1.1. */
  request(request: ReceivedMessage, response: ServerResponse<ReceivedMessage>, connection: ClientConnection): void;
  readonly http2: Http2Parts;
  /** Told of each connection that is not open any more. */
  gone(connection: number): void;
  /** Told of what must never happen: a fault of the mock itself. */
  onFailure(error: unknown): void;
}

/** Silence after which the system asks whether a client is still there. */
const PROBE_MS = 60_000;
/** Between two looks for idle connections of a server that ends. */
const SWEEP_MS = 20;
/** What node:http answers by the code of the error. */
const BAD_REQUESTS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: badRequest('431 Request Header Fields Too Large'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: badRequest('413 Payload Too Large'),
};
/** As node:https has it: answers leave at once. A client that leaves within a handshake closes its side, which ends the connection. */
const TCP_OPTIONS = { keepAlive: true, keepAliveInitialDelay: PROBE_MS, noDelay: true };

/** HTTP/1.1 and HTTP/2 on the connections of one listener, which are plain or opened by TLS. */
export class HttpTransports {
  readonly connections: Connections;
  /** Speaks HTTP/1.1. */
  readonly http1: HttpServer;
  /** Accepts connections: `http1`, where they are plain. */
  readonly listener: Server;
  /** Undefined where connections are plain. */
  readonly front: TlsFront | undefined;
  readonly #options: TransportOptions;
  /** Loaded with the first connection of its kind. */
  #http2: Http2Connections | undefined;

  private constructor(options: TransportOptions, Front: typeof TlsFront | undefined) {
    this.#options = options;
    this.connections = new Connections(options.now, options.gone);
    this.http1 = createServer(
      { IncomingMessage: ReceivedMessage, keepAlive: true, keepAliveInitialDelay: PROBE_MS },
      (request, response) => options.request(request, response, this.connections.of(request.socket)),
    );
    this.http1.on('clientError', (error, socket: Socket) => this.#misread(error, socket));
    this.front = Front && options.tls && new Front(options.tls, ['h2', 'http/1.1'], (connection) => this.#secured(connection));
    // Of a server by TLS, node:http gets the connections whose handshake is over.
    this.listener = this.front === undefined ? this.http1 : createTcpServer(TCP_OPTIONS);
  }

  static async open(options: TransportOptions): Promise<HttpTransports> {
    const front = options.tls && (await import('./tls/tls-front.ts'));
    return new HttpTransports(options, front?.TlsFront);
  }

  /** What is under way is reset. */
  cut(): void {
    this.connections.cut();
    this.#http2?.cut();
  }

  /** Stops accepting, lets requests finish for at most `graceMs`, then cuts what is left. */
  async close(address: ListeningAddress, graceMs: number, cutMore?: () => void): Promise<void> {
    const closed = address.close();
    // Those, too, that become idle while the last requests finish.
    const sweep = setInterval(() => this.http1.closeIdleConnections(), SWEEP_MS);
    this.http1.closeIdleConnections();
    this.connections.cutUnsecured();
    this.#http2?.leave();
    const timer = setTimeout(() => {
      this.connections.cutAll();
      this.http1.closeAllConnections();
      this.#http2?.cutAll();
      cutMore?.();
    }, graceMs);
    await closed;
    clearTimeout(timer);
    clearInterval(sweep);
  }

  #secured(connection: ClientConnection): void {
    this.connections.rename(connection);
    if (connection.speaksHttp2) this.#serveHttp2(connection);
    else this.http1.emit('connection', connection.socket);
  }

  /** The parser of HTTP/1.1 stops at what is none: the preface of HTTP/2 among it. */
  #misread(error: NodeJS.ErrnoException, socket: Socket): void {
    const read = prefaceIn(error);
    const connection = this.connections.of(socket);
    if (read === undefined || connection.requests > 0) answerBadRequest(error, socket);
    else {
      // At once: what comes until HTTP/2 is loaded is not for the parser of HTTP/1.1, either.
      takeFromHttp1(socket, read);
      this.#serveHttp2(connection);
    }
  }

  #serveHttp2(connection: ClientConnection): void {
    const serve = async () => {
      const { Http2Connections } = await import('./http2/http2-connections.ts');
      this.#http2 ??= new Http2Connections(this.#options.http2);
      if (connection.isDestroyed) return;
      this.#http2.serve(connection);
    };
    serve().catch(this.#options.onFailure);
  }
}

/** Answers what is no HTTP as node:http does where nobody listens for it. */
function answerBadRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (socket.writable) socket.write(BAD_REQUESTS[error.code ?? ''] ?? badRequest('400 Bad Request'));
  socket.destroy(error);
}

function badRequest(status: string): string {
  return `HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`;
}
