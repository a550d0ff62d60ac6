import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../core/text/message-of.ts';
import { type AdminListening, listenForAdmin } from '../server/admin/listen-for-admin.ts';
import { PortHold } from '../server/port-hold.ts';
import type { Serving, SharedListening } from '../server/start.ts';
import type { TlsIdentities } from '../server/tls/tls-identities.ts';
import { answerAdmin, isStreamed } from './answer-admin.ts';
import { ConnectionNumbers } from './connection-numbers.ts';
import { DecisionService } from './decision-service.ts';
import { ListeningHandles } from './listening-handles.ts';
import { PlanRegistry } from './plan-registry.ts';
import { WorkerHandle, type WorkerMessage } from './worker-handle.ts';
import { workerWaits } from './worker-waits.ts';

export interface WorkerPoolParts extends Serving {
  /** Where the clock of all processes begins. */
  readonly base: bigint;
  onWarning(message: string): void;
}

/** Pauses between tries to start a worker in the place of one that died: the first, doubled each time, and the longest. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
/** Time that workers get beyond that of the requests in flight. */
const CLOSING_MS = 1_000;

/** The processes that serve, and the one that decides. */
export class WorkerPool {
  readonly #parts: WorkerPoolParts;
  readonly #plans: PlanRegistry;
  readonly #connections = new ConnectionNumbers();
  readonly #desks = new Map<DecisionService, WorkerHandle>();
  readonly #waits = workerWaits(async (desk) => this.#desks.get(desk)?.caughtUp());
  readonly #workers = new Set<WorkerHandle>();
  /** What all workers listen at, once they do. */
  #port = 0;
  #closing = false;
  /** What connections are shown that are opened by TLS. */
  #tls: Serving['tls'];
  /** Keeps the port while the server is down by the scenario. */
  #hold: PortHold | undefined;
  /** Those that wait for the server to be up. */
  #whenUp: (() => void)[] = [];
  /** Resolves when no worker listens after the server went down. */
  #left: Promise<void> = Promise.resolve();
  #streaming: Promise<AdminListening> | undefined;
  readonly #handles = new ListeningHandles();
  readonly #closed = new AbortController();

  constructor(parts: WorkerPoolParts) {
    this.#parts = parts;
    this.#tls = parts.tls;
    this.#plans = new PlanRegistry(parts.engine);
    parts.engine.onPlan((id, session) => {
      const news = session === parts.engine.defaultSession ? this.#plans.allNews() : [this.#plans.updateFor(id, session)];
      for (const worker of this.#workers) news.forEach(worker.tell);
    });
  }

  /** Starts the workers. Rejects with the system's error when the address cannot be had. */
  async listen(count: number): Promise<SharedListening> {
    const workers = Array.from({ length: count }, () => this.#add(this.#parts.port));
    try {
      const [first] = await Promise.all(workers.map(({ listening }) => listening));
      const { port = 0, origin = '' } = first ?? {};
      this.#port = port;
      for (const worker of workers) void this.#replace(worker);
      return {
        port,
        origin,
        renewCertificates: (identities) => this.#renewCertificates(identities),
        goDown: () => this.#goDown(),
        comeBack: () => this.#comeBack(),
        settled: () => this.#settled(),
        close: (graceMs) => this.#close(graceMs),
      };
    } catch (error) {
      await this.#close(0);
      throw error;
    }
  }

  #add(port: number): WorkerHandle {
    const { engine, host, base } = this.#parts;
    const worker = new WorkerHandle((message) => this.#hear(message, worker, desk));
    const desk = new DecisionService({
      engine,
      plans: this.#plans,
      connections: this.#connections,
      desks: this.#desks,
      waits: this.#waits,
      tell: worker.tell,
      onFailure: this.#parts.onFailure,
    });
    this.#workers.add(worker);
    this.#desks.set(desk, worker);
    void worker.ended.then(() => {
      this.#workers.delete(worker);
      this.#desks.delete(desk);
      desk.workerExited();
    });
    worker.tell({ kind: 'listen', base, host, port, tls: this.#tls, hasAdmin: this.#parts.admin !== undefined });
    this.#plans.allNews().forEach(worker.tell);
    return worker;
  }

  /** Waits for the end of a worker, and starts another: again and again, with pauses, until one serves. */
  async #replace(worker: WorkerHandle): Promise<void> {
    const { onWarning } = this.#parts;
    const how = await worker.ended;
    if (this.#closing) return;
    onWarning(`worker ${worker.pid} died (${how}): another one is started`);
    await this.#up();
    for (let pauseMs = FIRST_PAUSE_MS; !this.#closing; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        const next = (await this.#started(this.#parts.port)) ?? (await this.#started(this.#port));
        if (next === undefined) throw new Error(`port ${this.#port} is taken`);
        onWarning(`worker ${next.pid} takes its place`);
        void this.#replace(next);
        // The scenario may have taken the server down while it started.
        if (this.#hold !== undefined) void next.goDown();
        return;
      } catch (error) {
        if (this.#closing) return;
        onWarning(`no worker takes its place: ${messageOf(error)}; the next try is in ${pauseMs / 1_000} s`);
        await sleep(pauseMs, undefined, { signal: this.#closed.signal }).catch(() => undefined);
      }
    }
  }

  /**
   * A worker that serves where the others do; undefined when it does not. Workers share a socket by the port that was asked for
   * as long as any of them has it: where 0 was, the last one takes its port with it.
   */
  async #started(port: number): Promise<WorkerHandle | undefined> {
    const worker = this.#add(port);
    const listening = await worker.listening.catch(async (error: unknown) => {
      await worker.end();
      throw error;
    });
    if (listening.port === this.#port) return worker;
    await worker.end();
    return undefined;
  }

  #goDown(): Promise<void> {
    this.#handles.close(this.#port);
    const left = Promise.all([...this.#workers].map((worker) => worker.goDown()));
    this.#left = left.then(() => undefined);
    this.#hold = new PortHold(this.#port);
    return this.#left;
  }

  async #comeBack(): Promise<void> {
    await this.#left;
    this.#releaseHold();
    await Promise.all([...this.#workers].map((worker) => worker.comeBack()));
  }

  #releaseHold(): void {
    this.#hold?.release();
    this.#hold = undefined;
    const waiting = this.#whenUp;
    this.#whenUp = [];
    for (const goOn of waiting) goOn();
  }

  /** Resolves when the scenario lets the server listen. */
  async #up(): Promise<void> {
    if (this.#hold !== undefined) await new Promise<void>((resolve) => this.#whenUp.push(resolve));
  }

  #hear(message: WorkerMessage, worker: WorkerHandle, desk: DecisionService): void {
    switch (message.kind) {
      case 'admin':
        void this.#answerAdmin(message, worker);
        break;
      case 'loop delay':
        this.#parts.loopDelay.add(message.row);
        break;
      case 'failure':
        this.#parts.onFailure(Object.assign(new Error(message.message), { stack: message.stack }));
        break;
      default:
        desk.handle(message);
    }
  }

  async #answerAdmin(message: Extract<WorkerMessage, { kind: 'admin' }>, worker: WorkerHandle): Promise<void> {
    const { admin, onFailure } = this.#parts;
    if (admin === undefined) return;
    try {
      if (isStreamed(message)) {
        worker.tell({ kind: 'admin at', ref: message.ref, port: (await this.#streams()).port });
        return;
      }
      worker.tell(await answerAdmin(message, { admin, settled: () => this.#settled() }));
    } catch (error) {
      onFailure(error);
      worker.tell({ kind: 'failed', ref: message.ref, message: messageOf(error) });
    }
  }

  /** A listener for answers that are streams: workers hand them on. Made with the first. */
  #streams(): Promise<AdminListening> {
    const { adminListener: admin, onFailure } = this.#parts;
    return (this.#streaming ??= listenForAdmin({ admin, host: '127.0.0.1', port: 0, tls: undefined, onFailure }));
  }

  /** Resolves when all workers know what has been told them, and all is known that they had to tell. */
  async #settled(): Promise<void> {
    await Promise.all([...this.#workers].map((worker) => worker.caughtUp()));
  }

  #renewCertificates(tls: TlsIdentities): void {
    this.#tls = tls;
    for (const worker of this.#workers) worker.tell({ kind: 'renew certificates', tls });
  }

  async #close(graceMs: number): Promise<void> {
    this.#closing = true;
    this.#closed.abort();
    this.#releaseHold();
    this.#handles.stop();
    await Promise.all([...this.#workers].map((worker) => closeWorker(worker, graceMs)));
    await (await this.#streaming)?.close(0);
  }
}

async function closeWorker(worker: WorkerHandle, graceMs: number): Promise<void> {
  worker.tell({ kind: 'close', graceMs });
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => (timer = setTimeout(resolve, graceMs + CLOSING_MS)));
  await Promise.race([worker.closed, tooLong]);
  clearTimeout(timer);
  await worker.end();
}
