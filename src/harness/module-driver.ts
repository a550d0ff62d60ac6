import type { ClientAnswer, ClientCall } from './client-call.ts';
import { clientPath } from './client-path.ts';
import { ClientError, type Driver, type RunningCall } from './driver.ts';
import type { FromClient, ToClient } from './driver-message.ts';
import { ForkedProcess } from './forked-process.ts';
import { type GroupGuard, guardGroups } from './group-guard.ts';

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
  const path = clientPath(module);
  const stalls: { at: number; ms: number }[] = [];
  const late = (ms: number) => void stalls.push({ at: now(), ms });
  let hasTargets = false;
  const onTargets = () => void (hasTargets = true);
  // After the client processes have been started, which do not wait for it.
  const guard = Promise.resolve().then(guardGroups);
  // The last one is apart.
  const lanes = await startAll(processes + 1, path, { late, onTargets, signal, guard });
  const alone = new Map<string, ClientProcess>();
  const aloneOf = (name: string): ClientProcess => {
    const started = alone.get(name) ?? new ClientProcess(path, name, { late, onTargets, guard });
    alone.set(name, started);
    return started;
  };
  return {
    stalls,
    takesTargets: hasTargets,
    start: (call, lane) => {
      if (typeof lane === 'object') return aloneOf(lane.alone).start(call);
      const at = lane === 'apart' ? processes : lane % processes;
      const used = lanes[at];
      // A process that died makes room for a new one.
      const alive = used?.alive === true ? used : (lanes[at] = new ClientProcess(path, `p${at + 1}`, { late, onTargets, guard }));
      return alive.start(call);
    },
    async close() {
      await Promise.all([...lanes, ...alone.values()].map((lane) => lane.close()));
      (await guard).close();
    },
    async release(name) {
      await alone.get(name)?.close();
      alone.delete(name);
    },
    kill() {
      for (const lane of [...lanes, ...alone.values()]) lane.kill();
    },
  };
}

interface Watching {
  readonly guard: Promise<GroupGuard>;
  late(ms: number): void;
  /** The client takes several targets. */
  onTargets(): void;
}

interface Starting extends Watching {
  readonly signal: AbortSignal;
}

async function startAll(processes: number, path: string, { signal, ...watching }: Starting): Promise<ClientProcess[]> {
  const lanes = Array.from({ length: processes }, (_, at) => new ClientProcess(path, `p${at + 1}`, watching));
  try {
    await Promise.race([Promise.all(lanes.map(({ ready }) => ready)), interrupted(signal)]);
  } catch (error) {
    await Promise.all(lanes.map((lane) => lane.close()));
    (await watching.guard).close();
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
  readonly #name: string;
  readonly #process: ForkedProcess<ToClient, FromClient>;
  readonly #pending = new Map<string, (answer: ClientAnswer) => void>();
  readonly #aborting = new Map<string, () => void>();

  constructor(path: string, name: string, { late, onTargets, guard }: Watching) {
    this.#name = name;
    this.#process = new ForkedProcess<ToClient, FromClient>({
      program: new URL('../harness/client-process.js', import.meta.url),
      argument: path,
      what: 'the client process',
      uses: path,
      guard,
      onMessage: (message) => {
        if (message.type === 'delay') late(message.ms);
        else if (message.type === 'takes targets') onTargets();
        else if (message.type === 'aborted') this.#aborted(message.callId);
        else this.#settle(message.callId, message.answer);
      },
      onEnd: ({ how, why }) => {
        for (const callId of [...this.#aborting.keys()]) this.#aborted(callId);
        for (const callId of [...this.#pending.keys()])
          this.#settle(callId, { ok: false, error: `the client process ended ${how}${why === '' ? '' : `: ${why}`}` });
      },
    });
  }

  get ready(): Promise<void> {
    return this.#process.ready;
  }

  get alive(): boolean {
    return this.#process.alive;
  }

  start(call: Omit<ClientCall, 'signal'>): RunningCall {
    const { callId } = call;
    const answer = new Promise<ClientAnswer>((settle) => this.#pending.set(callId, settle));
    this.#process.say({ type: 'call', call });
    return { process: this.#name, answer, abort: () => this.#abort(callId) };
  }

  async close(): Promise<void> {
    await this.#process.close();
  }

  kill(): void {
    this.#process.kill();
  }

  #abort(callId: string): Promise<void> {
    return new Promise((heard) => {
      this.#aborting.set(callId, heard);
      if (!this.#process.say({ type: 'abort', callId })) this.#aborted(callId);
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
