import { spawn } from 'node:child_process';
import type { ClientAnswer, ClientCall } from './client-call.ts';
import type { Driver, RunningCall } from './driver.ts';

/** Of what a command prints, so much is kept, in characters. */
const KEPT = 64_000;
const SHOWN_STDERR = 500;
/** Time that a command gets to end after it was told to. */
const GRACE_MS = 2_000;

export interface CommandDriverOptions {
  /** As typed into a shell: `python client.py`. It finds the call in its environment. */
  readonly command: string;
  /** The variables of one call, besides those of this process. */
  environment(call: Omit<ClientCall, 'signal'>): Readonly<Record<string, string | undefined>>;
  /** Told of each group of processes when it begins, and when its command has ended. */
  onGroup?(pid: number, alive: boolean): void;
}

/** Runs a command once a call: exit code 0 is a success, what it prints is its text. */
export function commandDriver({ command, environment, onGroup }: CommandDriverOptions): Driver {
  const running = new Set<() => Promise<unknown>>();
  return {
    stalls: [],
    start: (call) => {
      const one = runOnce(command, { ...process.env, ...environment(call) });
      const { pid } = one;
      if (pid !== undefined) {
        onGroup?.(pid, true);
        void one.answer.then(() => onGroup?.(pid, false));
      }
      running.add(one.kill);
      void one.answer.then(() => running.delete(one.kill));
      return { process: call.callId, answer: one.answer, abort: one.abort };
    },
    close: async () => {
      await Promise.all([...running].map((kill) => kill()));
    },
    kill: () => {
      for (const kill of running) void kill();
    },
  };
}

interface RunningCommand extends Omit<RunningCall, 'process'> {
  readonly pid: number | undefined;
  kill(): Promise<unknown>;
}

function runOnce(command: string, env: NodeJS.ProcessEnv): RunningCommand {
  // A group of its own, so that what the shell starts ends with it.
  const child = spawn(command, { shell: true, detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (out.length < KEPT) out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err = (err + chunk.toString()).slice(-SHOWN_STDERR);
  });
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // It is gone already.
    }
  };
  const answer = new Promise<ClientAnswer>((settle) => {
    child.once('error', (error) => settle({ ok: false, error: error.message }));
    child.once('close', (code, by) => {
      if (code === 0) settle({ ok: true, text: out.trimEnd() });
      else
        settle({
          ok: false,
          text: out.trimEnd(),
          error: `${by === null ? `exit code ${code}` : `killed by ${by}`} ${err.trim()}`.trim(),
        });
    });
  });
  const end = async () => {
    signal('SIGTERM');
    setTimeout(() => signal('SIGKILL'), GRACE_MS).unref();
  };
  return {
    pid: child.pid,
    answer,
    abort: end,
    kill: () => {
      signal('SIGKILL');
      return answer;
    },
  };
}
