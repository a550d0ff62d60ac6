import type { GatewayTraffic } from '../core/load/gateway-traffic.ts';
import { plural } from '../core/text/plural.ts';
import { ForkedProcess } from './forked-process.ts';
import type { FromGatewayFront, ToGatewayFront } from './gateway-front-message.ts';

/** Between clients and a gateway: a process that passes on what comes, and counts it. */
export class GatewayFront {
  readonly #url: string;
  readonly #sent = new Map<string, number>();
  readonly #answers = new Map<string, number>();
  readonly #process: ForkedProcess<ToGatewayFront, FromGatewayFront>;
  #port = 0;
  #ended: string | undefined;
  #unreachable = 0;
  #hasTold = (): void => undefined;

  private constructor(url: string) {
    this.#url = url;
    this.#process = new ForkedProcess<ToGatewayFront, FromGatewayFront>({
      program: new URL('../harness/gateway-front-process.js', import.meta.url),
      argument: url,
      what: 'the process of --through',
      uses: '--through',
      onMessage: (message) => this.#note(message),
      onEnd: ({ how, closed }) => {
        if (!closed) this.#ended = `the process between the clients and the gateway ended ${how}`;
        this.#hasTold();
      },
    });
  }

  /** Starts the process in front of the gateway at this address. */
  static async start(url: string): Promise<GatewayFront> {
    const front = new GatewayFront(url);
    await front.#process.ready;
    return front;
  }

  /** Followed by the name of a call and `/v1`. */
  get callsURL(): string {
    return `http://127.0.0.1:${this.#port}/c`;
  }

  /** What was seen so far. */
  get traffic(): GatewayTraffic {
    return { url: this.#url, sent: this.#sent, answers: Object.fromEntries([...this.#answers].sort()) };
  }

  /** Why the load was not the one that was planned. A gateway that is gone has not been put to the test. */
  get trouble(): string[] {
    const gone =
      this.#unreachable === 0
        ? []
        : [`the gateway at ${this.#url} could not be reached for ${plural(this.#unreachable, 'request')} of the clients`];
    return this.#ended === undefined ? gone : [this.#ended, ...gone];
  }

  /** Resolves when all is told that was seen until now. */
  async caughtUp(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#hasTold = resolve;
      if (!this.#process.alive || !this.#process.say({ type: 'tell' })) resolve();
    });
  }

  async close(): Promise<void> {
    await this.#process.close();
  }

  kill(): void {
    this.#process.kill();
  }

  #note(message: Exclude<FromGatewayFront, { type: 'ready' }>): void {
    switch (message.type) {
      case 'listening':
        this.#port = message.port;
        break;
      case 'seen':
        for (const call of message.sent) countOne(this.#sent, call);
        this.#unreachable += message.unreachable;
        for (const status of message.answers) countOne(this.#answers, status === null ? 'none' : String(status));
        break;
      case 'told':
        this.#hasTold();
        break;
    }
  }
}

function countOne(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}
