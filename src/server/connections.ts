import type { Socket } from 'node:net';
import { ClientConnection } from './client-connection.ts';

/** The connections of a server, numbered as they are accepted. */
export class Connections {
  readonly #now: () => number;
  readonly #bySocket = new WeakMap<Socket, ClientConnection>();
  readonly #open = new Map<number, ClientConnection>();
  readonly #gone: (connection: number) => void;
  #accepted = 0;

  /** `gone` is told of each connection that is not open any more. */
  constructor(now: () => number, gone: (connection: number) => void) {
    this.#now = now;
    this.#gone = gone;
  }

  accept(socket: Socket): ClientConnection {
    this.#accepted += 1;
    const connection = new ClientConnection(this.#accepted, this.#now(), socket, this.#left);
    this.#bySocket.set(socket, connection);
    this.#open.set(connection.id, connection);
    return connection;
  }

  /** From now on the connection goes by this socket, which stands above the one that was accepted. */
  rename(connection: ClientConnection): void {
    this.#bySocket.set(connection.socket, connection);
  }

  readonly #left = (connection: ClientConnection): void => {
    if (connection.isDestroyed) this.#open.delete(connection.id);
    if (connection.hasLeft) return;
    connection.hasLeft = true;
    this.#gone(connection.id);
  };

  of(socket: Socket): ClientConnection {
    return this.#bySocket.get(socket) ?? this.accept(socket);
  }

  /** Ends those whose handshake by TLS is not over: nobody has asked for anything on them. */
  cutUnsecured(): void {
    for (const { socket, awaitsTls } of this.#open.values()) if (awaitsTls) socket.destroy();
  }

  /** What is still open is closed by us. */
  cutAll(): void {
    for (const connection of this.#open.values()) connection.endedHow ??= 'fin';
  }

  /** The server goes down: what is open is reset. */
  cut(): void {
    for (const connection of [...this.#open.values()]) connection.cut();
  }
}
