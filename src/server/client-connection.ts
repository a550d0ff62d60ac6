import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { ClosedHow } from '../core/journal/entry.ts';
import type { IncomingConnection, TlsFacts } from '../exchange/incoming.ts';
import type { PresetOutcome } from '../exchange/prepare.ts';
import type { PlainResponse, RequestConnection, Turn } from './http-exchange.ts';

/** Time a client gets to close its side after we closed ours. */
const LINGER_MS = 1_000;

/** One TCP connection of a client. */
export class ClientConnection implements RequestConnection {
  readonly id: number;
  /** Milliseconds of the engine's clock. */
  readonly acceptedAt: number;
  /** The socket that was accepted. */
  readonly tcp: Socket;
  /** What is read and written: the socket that was accepted, or the one by TLS above it. */
  socket: Socket;
  /** Undefined where the connection is plain, or its handshake is not over. */
  tls: TlsFacts | undefined;
  /** The handshake has chosen HTTP/2. */
  get speaksHttp2(): boolean {
    return 'alpnProtocol' in this.socket && this.socket.alpnProtocol === 'h2';
  }

  /** The connection is opened by TLS, and the handshake is not over. */
  awaitsTls = false;
  readonly remotePort: number | null;
  /** Requests that have arrived on it. */
  requests = 0;
  /** Requests that wait for their turn or have it. */
  unanswered = 0;
  /** How we ended it; undefined while we have not. */
  endedHow: ClosedHow | undefined;
  isCut = false;
  /** The client has closed its side, or the connection is closed. */
  hasLeft = false;
  /** Requests to the mock itself that are being answered. */
  #spared = 0;
  /** The turn of the last request that has arrived. */
  #last: QueuedTurn | undefined;
  #preset: PresetOutcome | undefined;
  /** Wants to know when the connection closes: the request that is being answered. */
  #follower: (() => void) | undefined;
  /** Those behind it, in the order in which they came; made when there is one. */
  #others: Set<() => void> | undefined;

  readonly #left: () => void;
  #whenSecured: (() => void) | undefined;

  /** `left` is called when the client has closed its side, and when the connection is closed. */
  constructor(id: number, acceptedAt: number, socket: Socket, left: (connection: ClientConnection) => void) {
    this.id = id;
    this.acceptedAt = acceptedAt;
    this.socket = socket;
    this.tcp = socket;
    // A client that is gone has none.
    this.remotePort = socket.remotePort ?? null;
    this.#left = () => left(this);
    socket.on('end', this.#left);
    socket.on('close', this.#closed);
  }

  /** Calls back when the handshake is over, or the connection is gone. */
  whenSecured(callback: () => void): void {
    this.#whenSecured = callback;
  }

  /** The handshake is over. */
  secure(socket: TLSSocket): void {
    this.tcp.off('end', this.#left);
    this.tcp.off('close', this.#closed);
    this.socket = socket;
    this.awaitsTls = false;
    this.#whenSecured?.();
    this.#whenSecured = undefined;
    this.tls = tlsFactsOf(socket);
    socket.on('end', this.#left);
    socket.on('close', this.#closed);
  }

  readonly #closed = (): void => {
    this.#left();
    const others = [...(this.#others ?? [])];
    this.#follower?.();
    for (const closed of others) closed();
    this.#whenSecured?.();
  };

  /** The connection as it stands. */
  state(): IncomingConnection {
    const { id, acceptedAt, requests, remotePort, tls, awaitsTls } = this;
    return { id, acceptedAt, requests, remotePort, tls, awaitsTls };
  }

  get isDestroyed(): boolean {
    return this.socket.destroyed;
  }

  get clientEnded(): boolean {
    return this.socket.readableEnded;
  }

  // A listener on the socket would cost more.
  follow(closed: () => void): void {
    if (this.#follower === undefined) this.#follower = closed;
    else {
      this.#others ??= new Set();
      this.#others.add(closed);
    }
  }

  unfollow(closed: () => void): void {
    if (this.#follower === closed) this.#follower = undefined;
    else this.#others?.delete(closed);
  }

  /** Asks for the next turn. To be called as requests arrive. */
  claim(): Turn {
    this.unanswered += 1;
    this.#last = new QueuedTurn(this, this.#last);
    return this.#last;
  }

  /** Ends the turn with the response, or with the connection: a response that never gets the socket does not close. */
  endTurnWith(response: PlainResponse, turn: Turn): void {
    const over = () => {
      this.unfollow(over);
      turn.done();
    };
    if (this.isDestroyed) {
      over();
      return;
    }
    response.once('close', over);
    this.follow(over);
  }

  /** The response is of the mock itself: a server that goes down sends it whole. */
  spareWhile(response: PlainResponse): void {
    this.#spared += 1;
    response.once('close', () => {
      this.#spared -= 1;
      if (this.isCut && this.#spared === 0) this.end('fin');
    });
  }

  /** The server goes down. */
  cut(): void {
    this.isCut = true;
    if (this.#spared === 0) this.end('reset');
    // A stream of events may go on for ever.
    else setTimeout(() => this.end('reset'), LINGER_MS).unref();
  }

  presetNext(fate: PresetOutcome): void {
    this.#preset = fate;
  }

  /** What was said of the next request; it holds for one. */
  takePreset(): PresetOutcome | undefined {
    const fate = this.#preset;
    this.#preset = undefined;
    return fate;
  }

  end(how: 'fin' | 'reset'): void {
    this.endedHow = how;
    if (how === 'reset') {
      this.tcp.resetAndDestroy();
      return;
    }
    this.socket.end();
    const timer = setTimeout(() => this.socket.destroy(), LINGER_MS).unref();
    this.socket.once('close', () => clearTimeout(timer));
  }
}

/** There are few of them: the same object for the same facts. */
const TLS_FACTS = new Map<string, TlsFacts>();

function tlsFactsOf(socket: TLSSocket): TlsFacts {
  const version = socket.getProtocol() ?? 'unknown';
  const resumed = socket.isSessionReused();
  const key = `${version} ${resumed}`;
  let facts = TLS_FACTS.get(key);
  if (facts === undefined) TLS_FACTS.set(key, (facts = { version, resumed }));
  return facts;
}

class QueuedTurn implements Turn {
  #before: QueuedTurn | undefined;
  #over = false;
  #waiting: (() => void) | undefined;

  readonly #connection: ClientConnection;

  constructor(connection: ClientConnection, before: QueuedTurn | undefined) {
    this.#connection = connection;
    this.#before = before === undefined || before.#over ? undefined : before;
  }

  whenReady(callback: () => void): void {
    const before = this.#before;
    this.#before = undefined;
    if (before === undefined || before.#over) callback();
    else before.#waiting = callback;
  }

  done(): void {
    if (this.#over) return;
    this.#over = true;
    this.#connection.unanswered -= 1;
    // On a stack of its own: of many requests that were sent at once each would stand on the one before.
    if (this.#waiting !== undefined) process.nextTick(this.#waiting);
    this.#waiting = undefined;
  }
}
