import { type ChildProcess, fork } from 'node:child_process';
import { ClientError } from './driver.ts';
import type { GroupGuard } from './group-guard.ts';
import { signalGroup } from './process-group.ts';
import { uncaughtError } from './uncaught-error.ts';

/** Time that it gets to end by itself. */
const GRACE_MS = 500;
/** Of what it wrote to stderr, the end is kept. */
const KEPT_STDERR = 2_000;
/** Time for the rest of it to come after the end. Somebody else may hold it open. */
const LAST_WORDS_MS = 200;

/** What every program says of its start. */
type Start = { readonly type: 'ready' } | { readonly type: 'unusable'; readonly message: string };

export interface ForkedProcessOptions<Told> {
  readonly program: URL;
  readonly argument: string;
  /** In messages: `the client process`. */
  readonly what: string;
  /** What cannot be used when it says so: `the client`. */
  readonly uses: string;
  /** Ends it when this process is killed: a program whose event loop is blocked does not notice that. */
  readonly guard?: Promise<GroupGuard>;
  onMessage(message: Exclude<Told, Start>): void;
  onEnd(end: Ended): void;
}

/** How a process ended. */
interface Ended {
  /** `with code 1`, `by SIGKILL`. */
  readonly how: string;
  /** The error that ended it, or else what it wrote to stderr. */
  readonly why: string;
  /** It was told to. */
  readonly closed: boolean;
}

/** One of our programs in a process apart, which ends with this one. */
export class ForkedProcess<Said extends object, Told extends { readonly type: string }> {
  /** Rejects with a ClientError when what it uses cannot be used. */
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #stderr = '';
  #closed = false;
  #alive = true;

  constructor({ program, argument, what, uses, guard, onMessage, onEnd }: ForkedProcessOptions<Told>) {
    // A group of its own: Ctrl-C is for us, who tell it what to do.
    const child = fork(program, [argument], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], detached: true });
    this.#child = child;
    this.#note(guard, true);
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-KEPT_STDERR);
    });
    child.on('error', () => undefined);
    this.#ended = new Promise((resolve) => child.once('exit', () => resolve()));
    this.ready = new Promise((resolve, reject) => {
      child.on('message', (message: Told | Start) => {
        if (isStart(message)) {
          if (message.type === 'ready') resolve();
          else reject(new ClientError(`cannot use ${uses}: ${message.message}`));
        } else onMessage(message as Exclude<Told, Start>);
      });
      child.once('exit', (code, signal) => {
        this.#alive = false;
        this.#endGroup();
        this.#note(guard, false);
        const closed = this.#closed;
        const how = signal === null ? `with code ${code}` : `by ${signal}`;
        void lastWords(child).then(() => {
          const thrown = uncaughtError(this.#stderr);
          const why = thrown ?? this.#stderr.trim();
          const unready = `${what} ended ${how} before it was ready${why === '' ? '' : `: ${why}`}`;
          reject(new ClientError(thrown === undefined ? unready : `cannot use ${uses}: ${thrown}`));
          onEnd({ how, why, closed });
        });
      });
    });
    this.ready.catch(() => undefined);
  }

  get alive(): boolean {
    return this.#alive;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether there was anybody to tell. A process that dies meanwhile is noticed by its end. */
  say(message: Said): boolean {
    if (this.#child.connected) this.#child.send(message, () => undefined);
    return this.#child.connected;
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS);
    if (this.#alive) await this.#ended;
    clearTimeout(timer);
  }

  /** Ends it at once: for the exit of this process. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #note(guard: Promise<GroupGuard> | undefined, alive: boolean): void {
    const { pid } = this.#child;
    if (pid !== undefined) void guard?.then(({ note }) => note(pid, alive));
  }

  /** Ends what it has started and left behind. */
  #endGroup(): void {
    signalGroup(this.#child, 'SIGKILL');
  }
}

function lastWords({ stderr }: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (stderr === null || stderr.closed) return resolve();
    const timer = setTimeout(resolve, LAST_WORDS_MS);
    stderr.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function isStart(message: { readonly type: string }): message is Start {
  return message.type === 'ready' || message.type === 'unusable';
}
