import cluster, { type Worker } from 'node:cluster';
import { fileURLToPath } from 'node:url';
import type { FromWorker, ToWorker } from './messages.ts';
import { Outbox } from './outbox.ts';
import { pack, unpack } from './packing.ts';

const PROGRAM = fileURLToPath(new URL('../cluster/worker-process.js', import.meta.url));

/** Time a worker gets to end once nothing is left for it to do. */
const EXIT_MS = 2_000;

type Listens = Extract<FromWorker, { kind: 'listening' }>;
type OfItself = Extract<FromWorker, { kind: 'ready' | 'listening' | 'cannot listen' | 'closed' | 'pong' | 'left' | 'came back' }>;

/** What a worker says that is not about itself. */
export type WorkerMessage = Exclude<FromWorker, OfItself>;

/** A worker process, seen from the primary. */
export class WorkerHandle {
  readonly #worker: Worker;
  readonly #outbox: Outbox<ToWorker>;
  readonly #pings = new Map<number, () => void>();
  /** Those that wait for it to leave, or to come back. */
  #waiting: (() => void)[] = [];
  /** Resolves when it listens. Rejects with the system's error, or when it ended before. */
  readonly listening: Promise<Listens>;
  /** Resolves when it has been told to close and has answered all requests, or has ended. */
  readonly closed: Promise<void>;
  /** Resolves with what there is to say of its end. */
  readonly ended: Promise<string>;
  #startedWith: (listens: Listens | Error) => void = () => undefined;
  #isClosed: () => void = () => undefined;
  /** What it is to be told as soon as it listens. */
  #early: ToWorker[] | undefined = [];
  /** A ping that has not left yet. */
  #catchingUp: Promise<void> | undefined;
  #pinged = 0;
  #over = false;

  constructor(hear: (message: WorkerMessage) => void) {
    this.#worker = fork();
    const send = (batch: readonly ToWorker[]) => {
      if (this.#worker.isConnected()) this.#worker.process.send(batch.map(pack) as object[]);
    };
    this.#outbox = new Outbox(send, () => (this.#catchingUp = undefined));
    this.#worker.on('message', (batch: readonly unknown[]) => {
      for (const packed of batch) {
        const message = unpack<FromWorker>(packed);
        if (!this.#hearOfItself(message)) hear(message);
      }
      // What was asked together is answered together, and without waiting for the end of the turn.
      this.#outbox.flush();
    });
    // A message may meet a process on its way out. Its end is told below.
    this.#worker.on('error', () => undefined);
    this.listening = new Promise((resolve, reject) => {
      this.#startedWith = (listens) => (listens instanceof Error ? reject(listens) : resolve(listens));
    });
    this.closed = new Promise((resolve) => (this.#isClosed = resolve));
    this.ended = new Promise((resolve) => {
      this.#worker.once('exit', (code, signal) => {
        const how = signal ?? `exit code ${code}`;
        this.#over = true;
        this.#startedWith(new Error(`a worker ended before it listened: ${how}`));
        this.#isClosed();
        for (const answered of this.#pings.values()) answered();
        this.#moved();
        resolve(how);
      });
    });
  }

  get pid(): number | undefined {
    return this.#worker.process.pid;
  }

  readonly tell = (message: ToWorker): void => {
    if (this.#early === undefined) this.#outbox.tell(message);
    else this.#early.push(message);
  };

  /** Resolves when the worker has done all it was told, and all it had to tell was heard; or when it is dead. */
  caughtUp(): Promise<void> {
    if (this.#over) return Promise.resolve();
    this.#catchingUp ??= this.#ping();
    return this.#catchingUp;
  }

  /** What is under way is reset; resolves when it listens no more, or is dead. */
  goDown(): Promise<void> {
    return this.#move('go down');
  }

  /** Listens again; resolves when it does, or is dead. */
  comeBack(): Promise<void> {
    return this.#move('come back');
  }

  #move(kind: 'go down' | 'come back'): Promise<void> {
    if (this.#over) return Promise.resolve();
    this.tell({ kind });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #moved(): void {
    const told = this.#waiting;
    this.#waiting = [];
    for (const resolve of told) resolve();
  }

  #ping(): Promise<void> {
    this.#pinged += 1;
    const ping = this.#pinged;
    this.tell({ kind: 'ping', ping });
    return new Promise((resolve) => this.#pings.set(ping, resolve));
  }

  /** Ends the process. */
  async end(): Promise<void> {
    if (this.#over) return;
    if (this.#worker.isConnected()) this.#worker.process.disconnect();
    const timer = setTimeout(() => this.#worker.process.kill('SIGKILL'), EXIT_MS);
    await this.ended;
    clearTimeout(timer);
  }

  #hearOfItself(message: FromWorker): message is OfItself {
    switch (message.kind) {
      case 'ready': {
        const early = this.#early ?? [];
        this.#early = undefined;
        early.forEach(this.tell);
        return true;
      }
      case 'listening':
        this.#startedWith(message);
        return true;
      case 'cannot listen':
        this.#startedWith(Object.assign(new Error(message.message), { code: message.code }));
        return true;
      case 'left':
      case 'came back':
        this.#moved();
        return true;
      case 'closed':
        this.#isClosed();
        return true;
      case 'pong':
        this.#pings.get(message.ping)?.();
        this.#pings.delete(message.ping);
        return true;
      default:
        return false;
    }
  }
}

function fork(): Worker {
  // In turn: left to the system, some workers get most of the connections.
  cluster.schedulingPolicy = cluster.SCHED_RR;
  cluster.setupPrimary({ exec: PROGRAM, args: [], serialization: 'advanced' });
  return cluster.fork();
}
