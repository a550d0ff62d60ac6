import { type ChildProcess, spawn } from 'node:child_process';
import type { ClientAnswer, ClientCall } from './client-call.ts';
import type { Driver, RunningCall } from './driver.ts';

/** Of what a command prints, so much is kept, in characters. */
const KEPT = 64_000;
const SHOWN_STDERR = 500;
/** Time that a command gets to end after it was told to. */
const GRACE_MS = 2_000;
/** Runs the command in its place when a line comes; ends without it when the sender is gone. */
const GATE = 'IFS= read -r mock_openai_go && exec /bin/sh -c "$0" </dev/null';

export interface CommandDriverOptions {
  /** As typed into a shell: `python client.py`. It finds the call in its environment. */
  readonly command: string;
  /** The variables of one call, besides those of this process. */
  environment(call: Omit<ClientCall, 'signal'>): Readonly<Record<string, string | undefined>>;
  /** Told of each group of processes, and when its command has ended. What runs in it waits until this resolves. */
  onGroup?(pid: number, alive: boolean): Promise<void>;
}

/** Runs a command once a call: exit code 0 is a success, what it prints is its text. */
export function commandDriver({ command, environment, onGroup }: CommandDriverOptions): Driver {
  const running = new Set<() => Promise<unknown>>();
  return {
    stalls: [],
    start: (call) => {
      const one = runOnce(command, { ...process.env, ...environment(call) });
      void begin(one, onGroup);
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
  /** Lets it run. */
  open(): void;
  kill(): Promise<unknown>;
}

/** Lets the command run when its group is known: one that nobody knows would outlive a SIGKILL of this process. */
async function begin({ pid, answer, open }: RunningCommand, onGroup: CommandDriverOptions['onGroup']): Promise<void> {
  if (pid === undefined) return;
  await onGroup?.(pid, true);
  open();
  await answer;
  await onGroup?.(pid, false);
}

/** A shell in a group of its own, so that what it starts ends with it. Windows has neither groups nor a gate. */
function startShell(command: string, env: NodeJS.ProcessEnv): ChildProcess {
  if (process.platform === 'win32')
    return spawn(command, { shell: true, detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
  return spawn('/bin/sh', ['-c', GATE, command], { detached: true, env, stdio: 'pipe' });
}

function runOnce(command: string, env: NodeJS.ProcessEnv): RunningCommand {
  const child = startShell(command, env);
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    if (out.length < KEPT) out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    err = (err + chunk.toString()).slice(-SHOWN_STDERR);
  });
  // It may be gone before it is let run.
  child.stdin?.on('error', () => undefined);
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
    open: () => void child.stdin?.end('\n'),
    abort: end,
    kill: () => {
      signal('SIGKILL');
      // What has left the group may hold them open.
      child.stdout?.destroy();
      child.stderr?.destroy();
      return answer;
    },
  };
}
