import type { Socket } from 'node:net';
import type { Fate } from '../engine/session.ts';

/** Time a client gets to close its side after we closed ours. */
const LINGER_MS = 1_000;

/** The right to answer on a connection: answers leave in the order of their requests. */
export interface Turn {
  /** Resolves when every answer before this one is over. */
  readonly ready: Promise<void>;
  done(): void;
}

/** One TCP connection of a client. */
export class ClientConnection {
  readonly id: number;
  /** Milliseconds of the engine's clock. */
  readonly acceptedAt: number;
  readonly socket: Socket;
  readonly remotePort: number | null;
  /** Requests that have arrived on it. */
  requests = 0;
  /** How we ended it; undefined while we have not. */
  endedHow: 'fin' | 'reset' | undefined;
  #last: Promise<void> = Promise.resolve();
  #fate: Fate | undefined;

  constructor(id: number, acceptedAt: number, socket: Socket) {
    this.id = id;
    this.acceptedAt = acceptedAt;
    this.socket = socket;
    // A client that is gone has none.
    this.remotePort = socket.remotePort ?? null;
  }

  /** Asks for the next turn. To be called as requests arrive. */
  claim(): Turn {
    const ready = this.#last;
    let done: () => void = () => undefined;
    this.#last = new Promise((resolve) => (done = resolve));
    return { ready, done };
  }

  /** Says what the next request meets in place of an answer. */
  doom(fate: Fate): void {
    this.#fate = fate;
  }

  /** What was said of the next request; it holds for one. */
  takeFate(): Fate | undefined {
    const fate = this.#fate;
    this.#fate = undefined;
    return fate;
  }

  /** Ends the connection from our side, what was written included. */
  end(how: 'fin' | 'reset'): void {
    this.endedHow = how;
    if (how === 'reset') {
      this.socket.resetAndDestroy();
      return;
    }
    this.socket.end();
    const timer = setTimeout(() => this.socket.destroy(), LINGER_MS).unref();
    this.socket.once('close', () => clearTimeout(timer));
  }
}
