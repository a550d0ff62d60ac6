import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClientAnswer, ClientCall } from './client-call.ts';
import { ClientError, type Driver, type RunningCall } from './driver.ts';
import type { FromClient, ToClient } from './driver-message.ts';

const PROGRAM = fileURLToPath(new URL('./client-process.js', import.meta.url));
/** Time that client processes get to end by themselves. */
const GRACE_MS = 500;
/** Of what a dying process wrote to stderr, the end is shown. */
const SHOWN_STDERR = 2_000;

export interface ModuleDriverOptions {
  /** Path of the client module. */
  readonly module: string;
  readonly processes: number;
  /** Ends the wait for a module that takes for ever to import. */
  readonly signal: AbortSignal;
  now(): number;
}

/** Runs a client module in processes of its own. Rejects with a ClientError when the module cannot be used. */
export async function moduleDriver({ module, processes, signal, now }: ModuleDriverOptions): Promise<Driver> {
  const path = resolve(module);
  if (!existsSync(path)) throw new ClientError(`cannot read ${module}: no such file`);
  const stalls: { at: number; ms: number }[] = [];
  const late = (ms: number) => void stalls.push({ at: now(), ms });
  // The last one is apart.
  const lanes = await startAll(processes + 1, path, { late, signal });
  return {
    stalls,
    start: (call, lane) => {
      const at = lane === 'apart' ? processes : lane % processes;
      const used = lanes[at];
      // A process that died makes room for a new one.
      const alive = used?.alive === true ? used : (lanes[at] = new ClientProcess(path, `p${at + 1}`, late));
      return alive.start(call);
    },
    async close() {
      await Promise.all(lanes.map((lane) => lane.close()));
    },
    kill() {
      for (const lane of lanes) lane.kill();
    },
  };
}

interface Starting {
  readonly signal: AbortSignal;
  late(ms: number): void;
}

async function startAll(processes: number, path: string, { late, signal }: Starting): Promise<ClientProcess[]> {
  const lanes = Array.from({ length: processes }, (_, at) => new ClientProcess(path, `p${at + 1}`, late));
  try {
    await Promise.race([Promise.all(lanes.map(({ ready }) => ready)), interrupted(signal)]);
  } catch (error) {
    await Promise.all(lanes.map((lane) => lane.close()));
    throw error;
  }
  return lanes;
}

function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = () => reject(new ClientError('interrupted before the client was ready'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

class ClientProcess {
  readonly ready: Promise<void>;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #pending = new Map<string, (answer: ClientAnswer) => void>();
  readonly #aborting = new Map<string, () => void>();
  readonly #ended: Promise<void>;
  #stderr = '';
  alive = true;

  constructor(path: string, name: string, late: (ms: number) => void) {
    this.#name = name;
    // A group of its own: Ctrl-C is for us, who judge what was seen until then.
    this.#child = fork(PROGRAM, [path], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], detached: true });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-SHOWN_STDERR);
    });
    let isReady = (): void => undefined;
    let reject = (_error: Error): void => undefined;
    this.ready = new Promise((done, failed) => {
      isReady = done;
      reject = failed;
    });
    this.ready.catch(() => undefined);
    this.#child.on('message', (message: FromClient) => {
      if (message.type === 'ready') isReady();
      else if (message.type === 'unusable') reject(new ClientError(`cannot use ${path}: ${message.message}`));
      else if (message.type === 'delay') late(message.ms);
      else if (message.type === 'aborted') this.#aborted(message.callId);
      else this.#settle(message.callId, message.answer);
    });
    this.#ended = new Promise((done) => {
      this.#child.once('exit', (code, signal) => {
        this.alive = false;
        const how = signal === null ? `with code ${code}` : `by ${signal}`;
        reject(new ClientError(`the client process ended ${how} before it was ready\n${this.#stderr}`));
        for (const callId of [...this.#aborting.keys()]) this.#aborted(callId);
        for (const callId of [...this.#pending.keys()])
          this.#settle(callId, { ok: false, error: `the client process ended ${how}: ${this.#stderr.trim()}` });
        done();
      });
    });
    this.#child.on('error', () => undefined);
  }

  start(call: Omit<ClientCall, 'signal'>): RunningCall {
    const { callId } = call;
    const answer = new Promise<ClientAnswer>((settle) => this.#pending.set(callId, settle));
    this.#say({ type: 'call', call });
    return { process: this.#name, answer, abort: () => this.#abort(callId) };
  }

  async close(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS);
    if (this.alive) await this.#ended;
    clearTimeout(timer);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #say(message: ToClient): void {
    if (this.#child.connected) this.#child.send(message);
  }

  #abort(callId: string): Promise<void> {
    if (!this.#child.connected) return Promise.resolve();
    return new Promise((heard) => {
      this.#aborting.set(callId, heard);
      this.#say({ type: 'abort', callId });
    });
  }

  #aborted(callId: string): void {
    this.#aborting.get(callId)?.();
    this.#aborting.delete(callId);
  }

  #settle(callId: string, answer: ClientAnswer): void {
    this.#pending.get(callId)?.(answer);
    this.#pending.delete(callId);
  }
}
