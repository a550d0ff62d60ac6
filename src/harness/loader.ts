import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ClientError } from './driver.ts';
import type { ClientSource, FromLoader, LoaderEvent, LoadTarget, ToLoader } from './load-message.ts';
import { machineNow } from './machine-clock.ts';

const PROGRAM = fileURLToPath(new URL('./load-process.js', import.meta.url));
/** Time that a client process gets to end by itself. */
const GRACE_MS = 500;
/** Of what a dying process wrote to stderr, the end is shown. */
const SHOWN_STDERR = 2_000;

export interface LoaderOptions {
  readonly name: string;
  readonly source: ClientSource;
  /** Told what happened to calls, as it happens or a little later. */
  onEvents(events: readonly LoaderEvent[], loader: Loader): void;
  onDelay(ms: number): void;
}

/** One client process under load. */
export class Loader {
  readonly name: string;
  /** Rejects with a ClientError when the client cannot be used. */
  readonly ready: Promise<void>;
  /** Resolves when nothing is left to do, or the process is gone. */
  readonly finished: Promise<void>;
  /** Why it is gone before its time; undefined while it is not. */
  died: string | undefined;
  /** When that was, on the machine's clock. */
  diedAt: number | undefined;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #warmed: () => void = () => undefined;
  #closing = false;
  #alive = true;
  #stderr = '';

  constructor({ name, source, onEvents, onDelay }: LoaderOptions) {
    this.name = name;
    // A group of its own: Ctrl-C is for us, who tell it what to do.
    this.#child = fork(PROGRAM, [JSON.stringify(source)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], detached: true });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-SHOWN_STDERR);
    });
    const ready = settleable();
    const finished = settleable();
    this.ready = ready.promise;
    this.finished = finished.promise;
    this.ready.catch(() => undefined);
    this.#child.on('message', (message: FromLoader) => {
      switch (message.type) {
        case 'ready':
          return ready.resolve();
        case 'unusable':
          return ready.reject(new ClientError(`cannot use the client: ${message.message}`));
        case 'warmed':
          return this.#warmed();
        case 'events':
          return onEvents(message.events, this);
        case 'finished':
          return finished.resolve();
        case 'delay':
          return onDelay(message.ms);
      }
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        this.#alive = false;
        const how = signal === null ? `with code ${code}` : `by ${signal}`;
        if (!this.#closing) {
          this.died = `client process ${name} ended ${how}${this.#stderr === '' ? '' : `: ${this.#stderr.trim()}`}`;
          this.diedAt = machineNow();
        }
        ready.reject(new ClientError(`the client process ended ${how} before it was ready\n${this.#stderr}`));
        this.#warmed();
        finished.resolve();
        resolve();
      });
    });
    this.#child.on('error', () => undefined);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  say(message: ToLoader): void {
    // A process that dies meanwhile is noticed by its end.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  async warm(target: LoadTarget, calls: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#warmed = resolve;
      if (this.#alive) this.say({ type: 'warm', target, calls });
      else resolve();
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS);
    if (this.#alive) await this.#ended;
    clearTimeout(timer);
  }

  /** Ends it at once: for the exit of this process. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

function settleable() {
  let resolve = (): void => undefined;
  let reject = (_error: Error): void => undefined;
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}
