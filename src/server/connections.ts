import type { Socket } from 'node:net';
import type { Connection } from '../core/calls/sighting.ts';

/** The connections of a server, numbered as they are accepted. */
export class Connections {
  readonly #now: () => number;
  readonly #bySocket = new WeakMap<Socket, { id: number; acceptedAt: number; requests: number }>();
  readonly #open = new Set<number>();
  readonly #isOpen = (connection: number) => this.#open.has(connection);
  #accepted = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  accept(socket: Socket): void {
    this.#accepted += 1;
    const id = this.#accepted;
    this.#bySocket.set(socket, { id, acceptedAt: this.#now(), requests: 0 });
    this.#open.add(id);
    // A client that is done may close its side only.
    const gone = () => void this.#open.delete(id);
    socket.once('end', gone).once('close', gone);
  }

  /** Counts a request on the connection; returns the connection as it stands with it. */
  request(socket: Socket): Connection & { readonly remotePort: number | null } {
    const known = this.#bySocket.get(socket) ?? { id: 0, acceptedAt: this.#now(), requests: 0 };
    known.requests += 1;
    return { ...known, remotePort: socket.remotePort ?? null, isOpen: this.#isOpen };
  }
}
