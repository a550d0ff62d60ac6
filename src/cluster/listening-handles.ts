import assert from 'node:assert';
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
 * The sockets on which node:cluster listens in the primary, for its workers. It closes them when the last worker has left. A connection
 * that is on its way to a worker then is lost: nobody closes it. So they are closed first, and the workers leave afterwards.
 */
export class ListeningHandles {
  readonly #open = new Set<Handle>();
  readonly #listen = Server.prototype.listen;

  constructor() {
    const caught = this.#open;
    const original = this.#listen;
    Server.prototype.listen = function listen(this: Server, ...args: unknown[]) {
      // Servers of node:cluster take no connections by themselves.
      if (this.listeners('connection').some((listener) => listener === assert.fail))
        this.once('listening', () => {
          const handle = (this as HeldServer)._handle;
          if (handle != null) caught.add(handle);
        });
      return original.apply(this, args as never) as Server;
    } as Server['listen'];
  }

  /** The system refuses connections from now on. */
  close(): void {
    for (const handle of this.#open) handle.close();
    this.#open.clear();
  }

  /** Watches no more. */
  stop(): void {
    Server.prototype.listen = this.#listen;
  }
}
