import { ClientError } from './driver.ts';
import { ForkedProcess } from './forked-process.ts';
import type { GroupGuard } from './group-guard.ts';
import type { ClientSource, FromLoader, LoaderEvent, LoadTarget, ToLoader } from './load-message.ts';
import { machineNow } from './machine-clock.ts';

/** After this time the warm-up tells its calls to stop, in milliseconds. */
const WARM_UP_MS = 5_000;
/** Time for a client that was told to stop to come back. */
const WARM_UP_GRACE_MS = 3_000;
const UNRESPONSIVE = `cannot use the client: a call against a healthy mock did not end within ${(WARM_UP_MS + WARM_UP_GRACE_MS) / 1_000} s, although its \`signal\` was aborted after ${WARM_UP_MS / 1_000} s`;

export interface LoaderOptions {
  readonly name: string;
  readonly source: ClientSource;
  readonly guard: Promise<GroupGuard>;
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
  /** When it said something last, on the machine's clock. */
  heardAt = machineNow();
  /** It has told all that happened until the order to abort, or until its own end. */
  hasTold = false;
  /** Commands that left processes behind. */
  leftBehind = 0;
  readonly #process: ForkedProcess<ToLoader, FromLoader>;
  #warmed: () => void = () => undefined;

  constructor({ name, source, guard, onEvents, onDelay }: LoaderOptions) {
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
      guard,
      onMessage: (message) => {
        this.heardAt = machineNow();
        switch (message.type) {
          case 'warmed':
            return this.#warmed();
          case 'events':
            return onEvents(message.events);
          case 'aborted':
            this.hasTold = true;
            return;
          case 'finished':
            this.hasTold = true;
            return finish();
          case 'left behind':
            this.leftBehind += 1;
            return;
          case 'delay':
            return onDelay(message.ms);
        }
      },
      onEnd: ({ how, why, closed }) => {
        if (!closed) {
          this.died = `client process ${name} ended ${how}${why === '' ? '' : `: ${why}`}`;
          this.diedAt = machineNow();
        }
        this.hasTold = true;
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

  /** Makes calls that nobody counts. Rejects with a ClientError when the client does not come back from them. */
  async warm(target: LoadTarget, calls: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.#warmed = resolve;
      timer = setTimeout(() => reject(new ClientError(UNRESPONSIVE)), WARM_UP_MS + WARM_UP_GRACE_MS);
      if (this.#process.alive) this.say({ type: 'warm', target, calls, forMs: WARM_UP_MS });
      else resolve();
    }).finally(() => clearTimeout(timer));
  }

  async close(): Promise<void> {
    await this.#process.close();
  }

  kill(): void {
    this.#process.kill();
  }
}
