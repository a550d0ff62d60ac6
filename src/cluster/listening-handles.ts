import { Server } from 'node:net';

/** What node:net has under a server that listens. */
interface Handle {
  close(): void;
}

/** What node:net says of a server and its types do not. */
interface HeldServer {
  readonly _handle?: Handle | null;
}

/**
 * The sockets on which servers of this process listen, those of node:cluster included, which it has for its workers. It closes them when
 * the last worker has left. A connection that is on its way to a worker then is lost: nobody closes it. So they are closed first, and
 * the workers leave afterwards.
 */
export class ListeningHandles {
  readonly #ports = new Map<Handle, number>();
  readonly #listen = Server.prototype.listen;

  constructor() {
    const ports = this.#ports;
    const original = this.#listen;
    Server.prototype.listen = function listen(this: Server, ...args: unknown[]) {
      // node:cluster takes the handle away from its server as that listens: before it, this is heard of.
      this.prependOnceListener('listening', () => {
        const handle = (this as HeldServer)._handle;
        const address = this.address();
        if (handle != null && address !== null && typeof address !== 'string') ports.set(handle, address.port);
      });
      return original.apply(this, args as never) as Server;
    } as Server['listen'];
  }

  /** The system refuses connections to the port from now on. */
  close(port: number): void {
    for (const [handle, own] of this.#ports) {
      if (own !== port) continue;
      handle.close();
      this.#ports.delete(handle);
    }
  }

  /** Watches no more. */
  stop(): void {
    Server.prototype.listen = this.#listen;
  }
}
