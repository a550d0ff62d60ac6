import { ForkedProcess } from './forked-process.ts';
import type { ClientSource, FromLoader, LoaderEvent, LoadTarget, ToLoader } from './load-message.ts';
import { machineNow } from './machine-clock.ts';

export interface LoaderOptions {
  readonly name: string;
  readonly source: ClientSource;
  /** Told what happened to calls, as it happens or a little later. */
  onEvents(events: readonly LoaderEvent[]): void;
  onDelay(ms: number): void;
}

/** One client process under load. */
export class Loader {
  readonly name: string;
  /** Resolves when nothing is left to do, or the process is gone. */
  readonly finished: Promise<void>;
  /** Why it is gone before its time; undefined while it is not. */
  died: string | undefined;
  /** When that was, on the machine's clock. */
  diedAt: number | undefined;
  readonly #process: ForkedProcess<ToLoader, FromLoader>;
  #warmed: () => void = () => undefined;

  constructor({ name, source, onEvents, onDelay }: LoaderOptions) {
    this.name = name;
    let finish = (): void => undefined;
    this.finished = new Promise((resolve) => {
      finish = resolve;
    });
    this.#process = new ForkedProcess<ToLoader, FromLoader>({
      program: new URL('../harness/load-process.js', import.meta.url),
      argument: JSON.stringify(source),
      what: 'the client process',
      uses: 'the client',
      onMessage: (message) => {
        switch (message.type) {
          case 'warmed':
            return this.#warmed();
          case 'events':
            return onEvents(message.events);
          case 'finished':
            return finish();
          case 'delay':
            return onDelay(message.ms);
        }
      },
      onEnd: ({ how, why, closed }) => {
        if (!closed) {
          this.died = `client process ${name} ended ${how}${why === '' ? '' : `: ${why}`}`;
          this.diedAt = machineNow();
        }
        this.#warmed();
        finish();
      },
    });
  }

  /** Rejects with a ClientError when the client cannot be used. */
  get ready(): Promise<void> {
    return this.#process.ready;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  say(message: ToLoader): void {
    this.#process.say(message);
  }

  async warm(target: LoadTarget, calls: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#warmed = resolve;
      if (this.#process.alive) this.say({ type: 'warm', target, calls });
      else resolve();
    });
  }

  async close(): Promise<void> {
    await this.#process.close();
  }

  kill(): void {
    this.#process.kill();
  }
}
