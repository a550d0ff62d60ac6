import type { AddressInfo, Server } from 'node:net';
import { MAX_DURATION_MS } from '../core/units/duration.ts';
import { PortHold } from './port-hold.ts';

export interface AddressOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Default http. */
  readonly scheme?: 'http' | 'https';
  /** Other processes listen there, too. One that does not keeps the port while none of them listens. */
  readonly sharesPort?: boolean | undefined;
}

/** Between two tries to have the port back that another program has taken. */
const RETRY_MS = 20;
/** Within this time another process hands over what it has accepted. */
const ON_ITS_WAY_MS = 100;

/** Where a server accepts connections. It may leave the address for a while, and comes back to the same one. */
export class ListeningAddress {
  readonly port: number;
  /** `http://127.0.0.1:8080`. */
  readonly origin: string;
  readonly #server: Server;
  readonly #options: AddressOptions;
  #hold: PortHold | undefined;
  /** Keeps the process: a server that listens does. */
  #keepAlive: NodeJS.Timeout | undefined;
  #isAway = false;
  #isOver = false;

  private constructor(server: Server, options: AddressOptions) {
    const { port } = server.address() as AddressInfo;
    this.port = port;
    this.origin = `${options.scheme ?? 'http'}://${originHost(options.host)}:${port}`;
    this.#server = server;
    this.#options = { ...options, port };
  }

  /** Begins to listen. Rejects with the system's error when the address cannot be had. */
  static async take(server: Server, options: AddressOptions): Promise<ListeningAddress> {
    await listenAt(server, options);
    return new ListeningAddress(server, options);
  }

  /**
   * Listens no more. The system refuses connections from then on; those that are open stay. Where another process accepts for this one,
   * what it has accepted before is on its way: it is taken before the address is left.
   */
  async leave(): Promise<void> {
    if (this.#isAway || this.#isOver) return;
    this.#isAway = true;
    this.#keepAlive = setInterval(() => undefined, MAX_DURATION_MS);
    if (this.#options.sharesPort === true) await new Promise((resolve) => setTimeout(resolve, ON_ITS_WAY_MS));
    else this.#hold = new PortHold(this.port);
    if (!this.#isOver) this.#server.close();
  }

  /** Listens again. Another program may have taken the port: `taken` is told once, and it is tried until the port is free. */
  async comeBack(taken: (error: unknown) => void): Promise<void> {
    if (!this.#isAway || this.#isOver) return;
    this.#isAway = false;
    this.#giveBack();
    for (let isTold = false; !this.#isAway && !this.#isOver; isTold = true) {
      try {
        await listenAt(this.#server, this.#options);
        // It was told to leave in the meantime.
        if (this.#isAway || this.#isOver) this.#server.close();
        return;
      } catch (error) {
        if (!isTold) taken(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** Leaves it for good; resolves when no connection is open any more. */
  close(): Promise<void> {
    this.#isOver = true;
    this.#giveBack();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #giveBack(): void {
    this.#hold?.release();
    this.#hold = undefined;
    clearInterval(this.#keepAlive);
  }
}

function listenAt(server: Server, { host, port }: AddressOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      server.off('listening', listens);
      reject(error);
    };
    const listens = () => {
      server.off('error', failed);
      resolve();
    };
    server.once('error', failed);
    server.once('listening', listens);
    server.listen(port, host);
  });
}

function originHost(host: string): string {
  if (host === '0.0.0.0' || host === '::' || host === '') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
