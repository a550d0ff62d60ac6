import { type ChildProcess, spawn } from 'node:child_process';
import { messageOf } from '../../core/text/message-of.ts';
import { UsageError } from '../options/usage-error.ts';

/** How a command ended: by itself with a code, or by a signal. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program with our stdin, stdout and stderr, and all processes it starts that stay in its group. */
export interface WrappedCommand {
  /** Resolves when the program itself has ended; what it started may live on. */
  readonly ended: Promise<Ending>;
  /** Whether any process of the group lives. */
  isAlive(): boolean;
  /** Sends a signal to the whole group. */
  kill(signal: NodeJS.Signals): void;
}

/** Windows knows no process groups: there only the program itself is told. */
const HAS_GROUPS = process.platform !== 'win32';

/** Starts the command in a process group of its own. Rejects with a UsageError when it cannot be started. */
export async function startCommand(
  [command = '', ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<WrappedCommand> {
  const child = spawnHere(command, args, env);
  const ended = new Promise<Ending>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new UsageError(`cannot start "${command}": ${reasonOf(error)}`)));
  });
  const send = (signal: NodeJS.Signals | 0): boolean => signalTo(child, signal);
  return { ended, isAlive: () => send(0), kill: (signal) => void send(signal) };
}

function spawnHere(command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  try {
    return spawn(command, args, { stdio: 'inherit', env, detached: HAS_GROUPS });
  } catch (error) {
    // Of an empty name and of characters that no argument can have, Node complains at once.
    throw new UsageError(`cannot start "${command}": ${messageOf(error)}`);
  }
}

/** Whether there was anybody to tell. */
function signalTo(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  if (!HAS_GROUPS) return child.exitCode === null && child.signalCode === null && child.kill(signal);
  try {
    return process.kill(-child.pid, signal);
  } catch (error) {
    // EPERM: somebody is there whom we may not signal.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'there is no such command';
  if (error.code === 'EACCES') return 'it may not be executed';
  return error.message;
}
