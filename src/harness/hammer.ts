import type { HammerTraffic } from '../core/load/hammer-traffic.ts';
import type { GroupGuard } from './group-guard.ts';
import { HAMMER_CALL, type HammerOrders } from './hammer-message.ts';
import { Noise } from './noise.ts';

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
export class Hammer extends Noise {
  readonly #connections: number;
  readonly #answers = new Map<string, number>();
  readonly #perSecond: number[] = [];

  private constructor(orders: HammerOrders, guard: Promise<GroupGuard>) {
    super({ name: 'hammer', program: new URL('../harness/hammer-process.js', import.meta.url), orders, guard });
    this.#connections = orders.connections;
  }

  /** Starts the process, which is silent until it is told to begin. */
  static async start(orders: HammerOrders, guard: Promise<GroupGuard>): Promise<Hammer> {
    const hammer = new Hammer(orders, guard);
    await hammer.ready;
    return hammer;
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
}
