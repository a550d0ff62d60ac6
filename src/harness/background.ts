import type { BackgroundOrders, FromBackground, ToBackground } from './background-message.ts';
import { ForkedProcess } from './forked-process.ts';

/** Requests beside those of the clients, that use up what they share: a process that asks at a rate, whatever it is told. */
export class Background {
  readonly trouble: string[] = [];
  readonly #process: ForkedProcess<ToBackground, FromBackground>;

  private constructor(orders: BackgroundOrders) {
    this.#process = new ForkedProcess<ToBackground, FromBackground>({
      program: new URL('../harness/background-process.js', import.meta.url),
      argument: JSON.stringify(orders),
      what: 'the process of --background',
      uses: '--background',
      onMessage: ({ message }) => this.trouble.push(`the background failed: ${message}`),
      onEnd: ({ how, closed }) => {
        if (!closed) this.trouble.push(`the background ended ${how}`);
      },
    });
  }

  /** Starts the process, which is silent until it is told to begin. */
  static async start(orders: BackgroundOrders): Promise<Background> {
    const background = new Background(orders);
    await background.#process.ready;
    return background;
  }

  begin(forMs: number): void {
    this.#process.say({ type: 'begin', forMs });
  }

  async close(): Promise<void> {
    this.#process.say({ type: 'stop' });
    await this.#process.close();
  }

  kill(): void {
    this.#process.kill();
  }
}
