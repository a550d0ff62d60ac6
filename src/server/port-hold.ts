import { type AddressInfo, createServer, type Server, Socket } from 'node:net';

/** Between two tries to take the port: another process may still be about to leave it. */
const PAUSE_MS = 5;
const TRIES = 20;

/**
 * Keeps a port for us while nobody listens there. A connection of our own has it as its local port, so that the system gives it
 * to no other, and to no client that connects to it: such a client would reach itself. To those who connect the system says
 * that nobody listens.
 */
export class PortHold {
  readonly #anchor: Server = createServer();
  #socket: Socket | undefined;
  #isOver = false;

  constructor(port: number) {
    this.#anchor.unref();
    this.#anchor.on('error', () => undefined);
    this.#anchor.on('connection', (socket) => {
      socket.on('error', () => undefined);
      socket.unref();
    });
    this.#anchor.listen(0, '127.0.0.1', () => this.#take(port, TRIES));
  }

  /** Gives the port back, at once. */
  release(): void {
    this.#isOver = true;
    this.#socket?.resetAndDestroy();
    this.#anchor.close();
  }

  #take(port: number, tries: number): void {
    if (this.#isOver) return;
    const { port: anchorPort } = this.#anchor.address() as AddressInfo;
    const socket = new Socket().unref();
    this.#socket = socket;
    // Without it, nothing is kept: the port is free with the rest of them.
    socket.on('error', () => {
      if (tries > 1) setTimeout(() => this.#take(port, tries - 1), PAUSE_MS).unref();
    });
    socket.connect({ host: '127.0.0.1', port: anchorPort, localPort: port });
  }
}
