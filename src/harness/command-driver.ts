import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { ClientAnswer, ClientCall } from './client-call.ts';
import type { Driver, RunningCall } from './driver.ts';
import { HAS_GROUPS, isGroupAlive, signalGroup } from './process-group.ts';

/** Of what a command prints, so much is kept, in characters. */
const KEPT = 64_000;
const SHOWN_STDERR = 500;
/** Time that a command gets to end after it was told to. */
const GRACE_MS = 2_000;
/** Time for what it started to come to an end after it. */
const LINGER_MS = 100;
const POLL_MS = 20;
/** Runs the command in its place when a line comes; ends without it when the sender is gone. */
const GATE = 'IFS= read -r mock_openai_go && exec /bin/sh -c "$0" </dev/null';

export interface CommandDriverOptions {
  /** As typed into a shell: `python client.py`. It finds the call in its environment. */
  readonly command: string;
  /** The variables of one call, besides those of this process. */
  environment(call: Omit<ClientCall, 'signal'>): Readonly<Record<string, string | undefined>>;
  /** Told of each group of processes, and when its command has ended. What runs in it waits until this resolves. */
  onGroup?(pid: number, alive: boolean): Promise<void>;
  /** Told when a command has ended and left processes behind, which were ended. */
  onLeftBehind?(): void;
}

/** Runs a command once a call: exit code 0 is a success, what it prints is its text. */
export function commandDriver(options: CommandDriverOptions): Driver {
  const { command, environment } = options;
  const running = new Set<() => Promise<unknown>>();
  return {
    stalls: [],
    start: (call) => {
      const one = runOnce(command, { ...process.env, ...environment(call) });
      void begin(one, options);
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
  /** Resolves when nothing of its group is left: whether processes had to be ended that it left behind. */
  readonly alone: Promise<boolean>;
  /** Lets it run. */
  open(): void;
  kill(): Promise<unknown>;
}

/** Lets the command run when its group is known: one that nobody knows would outlive a SIGKILL of this process. */
async function begin({ pid, alone, open }: RunningCommand, { onGroup, onLeftBehind }: CommandDriverOptions): Promise<void> {
  if (pid === undefined) return;
  await onGroup?.(pid, true);
  open();
  if (await alone) onLeftBehind?.();
  await onGroup?.(pid, false);
}

/** Ends what a command has left in its group, once the command itself has ended. Returns whether there was anything. */
async function endGroup(child: ChildProcess): Promise<boolean> {
  if (!HAS_GROUPS || (await isEmptyWithin(child, LINGER_MS))) return false;
  signalGroup(child, 'SIGTERM');
  if (!(await isEmptyWithin(child, GRACE_MS))) signalGroup(child, 'SIGKILL');
  return true;
}

async function isEmptyWithin(child: ChildProcess, ms: number): Promise<boolean> {
  for (let waited = 0; waited < ms && isGroupAlive(child); waited += POLL_MS) await pause(POLL_MS);
  return !isGroupAlive(child);
}

/** A shell in a group of its own, so that what it starts ends with it. Windows has neither groups nor a gate. */
function startShell(command: string, env: NodeJS.ProcessEnv): ChildProcess {
  if (!HAS_GROUPS) return spawn(command, { shell: true, detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
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
  const signal = (name: NodeJS.Signals) => signalGroup(child, name);
  const alone = new Promise<boolean>((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', () => resolve(endGroup(child)));
  });
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
    alone,
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
