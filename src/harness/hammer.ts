import type { HammerTraffic } from '../core/load/hammer-traffic.ts';
import { ForkedProcess } from './forked-process.ts';
import type { GroupGuard } from './group-guard.ts';
import { type FromHammer, HAMMER_CALL, type HammerOrders, type HammerSpan, type ToHammer } from './hammer-message.ts';

/** Whether a call, by the name in its path, is a connection of a hammer. */
export function isHammered(call: string): boolean {
  return call.startsWith(HAMMER_CALL);
}

/** One request that the mock is done with. */
interface Answered {
  /** When it arrived, in milliseconds of the journal's clock. */
  readonly t_headers: number;
  readonly status: number | null;
}

/** Connections that ask again at once and never back off: a process that sends, and a count of what came of it. */
export class Hammer {
  readonly trouble: string[] = [];
  /** Resolves when nothing more is sent: the time is over, or the process has ended. */
  readonly finished: Promise<void>;
  readonly #connections: number;
  readonly #process: ForkedProcess<ToHammer, FromHammer>;
  readonly #answers = new Map<string, number>();
  readonly #perSecond: number[] = [];

  private constructor(orders: HammerOrders, guard: Promise<GroupGuard>) {
    this.#connections = orders.connections;
    let isFinished = (): void => undefined;
    this.finished = new Promise((resolve) => (isFinished = resolve));
    this.#process = new ForkedProcess<ToHammer, FromHammer>({
      program: new URL('../harness/hammer-process.js', import.meta.url),
      argument: JSON.stringify(orders),
      what: 'the process of --hammer',
      uses: '--hammer',
      guard,
      onMessage: () => isFinished(),
      onEnd: ({ how, why, closed }) => {
        if (!closed) this.trouble.push(`the hammer ended ${how}${why === '' ? '' : `: ${why}`}`);
        isFinished();
      },
    });
  }

  /** Starts the process, which is silent until it is told to begin. */
  static async start(orders: HammerOrders, guard: Promise<GroupGuard>): Promise<Hammer> {
    const hammer = new Hammer(orders, guard);
    await hammer.#process.ready;
    return hammer;
  }

  begin(span: HammerSpan): void {
    this.#process.say({ type: 'begin', ...span });
  }

  /** Counts a request. `zeroAt`: when the load began, on the journal's clock. */
  note({ t_headers, status }: Answered, zeroAt: number): void {
    const told = status === null ? 'none' : String(status);
    this.#answers.set(told, (this.#answers.get(told) ?? 0) + 1);
    const second = Math.max(0, Math.floor((t_headers - zeroAt) / 1_000));
    while (this.#perSecond.length <= second) this.#perSecond.push(0);
    this.#perSecond[second] = (this.#perSecond[second] ?? 0) + 1;
  }

  get traffic(): HammerTraffic {
    return {
      connections: this.#connections,
      answers: Object.fromEntries([...this.#answers].sort()),
      perSecond: [...this.#perSecond],
    };
  }

  async close(): Promise<void> {
    this.#process.say({ type: 'stop' });
    await this.#process.close();
  }

  kill(): void {
    this.#process.kill();
  }
}
