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
  environment(call: Omit<ClientCall, 'signal'>): Readonly<Record<string, string>>;
}

/** Runs a command once a call: exit code 0 is a success, what it prints is its text. */
export function commandDriver({ command, environment }: CommandDriverOptions): Driver {
  const running = new Set<() => Promise<unknown>>();
  return {
    stalls: [],
    start: (call) => {
      const one = runOnce(command, { ...process.env, ...environment(call) });
      running.add(one.kill);
      void one.answer.then(() => running.delete(one.kill));
      return { process: call.callId, answer: one.answer, abort: one.abort };
    },
    close: async () => {
      await Promise.all([...running].map((kill) => kill()));
    },
  };
}

function runOnce(command: string, env: NodeJS.ProcessEnv): Omit<RunningCall, 'process'> & { kill(): Promise<unknown> } {
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
    answer,
    abort: end,
    kill: () => {
      signal('SIGKILL');
      return answer;
    },
  };
}
