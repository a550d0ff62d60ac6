import type { BackgroundOrders, BackgroundSpan, FromBackground, ToBackground } from './background-message.ts';
import { ForkedProcess } from './forked-process.ts';

const WHY_LEFT_OUT = 'too many were under way, or the machine is too slow';

/** Requests beside those of the clients, that use up what they share: a process that asks at an even rate, whatever it is told. */
export class Background {
  readonly trouble: string[] = [];
  /** Resolves when nothing more is sent: all is, or the process has ended. */
  readonly finished: Promise<void>;
  readonly #process: ForkedProcess<ToBackground, FromBackground>;

  private constructor(orders: BackgroundOrders) {
    let isFinished = (): void => undefined;
    this.finished = new Promise((resolve) => (isFinished = resolve));
    this.#process = new ForkedProcess<ToBackground, FromBackground>({
      program: new URL('../harness/background-process.js', import.meta.url),
      argument: JSON.stringify(orders),
      what: 'the process of --background',
      uses: '--background',
      onMessage: ({ leftOut }) => {
        if (leftOut > 0) this.trouble.push(`the background left out ${leftOut} requests: ${WHY_LEFT_OUT}`);
        isFinished();
      },
      onEnd: ({ how, closed }) => {
        if (!closed) this.trouble.push(`the background ended ${how}`);
        isFinished();
      },
    });
  }

  /** Starts the process, which is silent until it is told to begin. */
  static async start(orders: BackgroundOrders): Promise<Background> {
    const background = new Background(orders);
    await background.#process.ready;
    return background;
  }

  begin(span: BackgroundSpan): void {
    this.#process.say({ type: 'begin', ...span });
  }

  async close(): Promise<void> {
    this.#process.say({ type: 'stop' });
    await this.#process.close();
  }

  kill(): void {
    this.#process.kill();
  }
}
