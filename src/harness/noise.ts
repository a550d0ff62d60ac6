import { ForkedProcess, type ForkedProcessOptions } from './forked-process.ts';
import type { FromNoise, NoiseEnd, NoiseSpan, ToNoise } from './noise-message.ts';

export interface NoiseOptions<End extends NoiseEnd> extends Pick<ForkedProcessOptions<FromNoise<End>>, 'program' | 'guard'> {
  /** In messages, and as a flag: `background`. */
  readonly name: string;
  readonly orders: object;
  /** What is to be told of how it went; undefined where nothing is. */
  troubleIn?(end: End): string | undefined;
}

/** What asks beside the clients of a load: a process that is silent until it is told to begin. It says once that it sends nothing more. */
export class Noise<End extends NoiseEnd = NoiseEnd> {
  readonly trouble: string[] = [];
  /** Resolves when nothing more is sent: all is, or the process has ended. */
  readonly finished: Promise<void>;
  readonly #process: ForkedProcess<ToNoise, FromNoise<End>>;

  constructor({ name, orders, program, guard, troubleIn }: NoiseOptions<End>) {
    let isFinished = (): void => undefined;
    this.finished = new Promise((resolve) => (isFinished = resolve));
    this.#process = new ForkedProcess<ToNoise, FromNoise<End>>({
      program,
      argument: JSON.stringify(orders),
      what: `the process of --${name}`,
      uses: `--${name}`,
      ...(guard === undefined ? {} : { guard }),
      onMessage: (end) => {
        const trouble = troubleIn?.(end as End);
        if (trouble !== undefined) this.trouble.push(trouble);
        isFinished();
      },
      onEnd: ({ how, why, closed }) => {
        if (!closed) this.trouble.push(`the ${name} ended ${how}${why === '' ? '' : `: ${why}`}`);
        isFinished();
      },
    });
  }

  /** Rejects with a ClientError when it cannot be used. */
  get ready(): Promise<void> {
    return this.#process.ready;
  }

  begin(span: NoiseSpan): void {
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
