import { type ChildProcess, spawn } from 'node:child_process';
import { messageOf } from '../../core/text/message-of.ts';
import { guardGroup, HAS_GROUPS, isGroupAlive, signalGroup } from '../../harness/process-group.ts';
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
  /** To be called when nothing of the group is to be ended any more: until then it does not outlive this process. */
  release(): void;
}

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
  const guard = guardGroup(child);
  return {
    ended,
    isAlive: () => isGroupAlive(child),
    kill: (signal) => void signalGroup(child, signal),
    release: guard.close,
  };
}

function spawnHere(command: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  try {
    return spawn(command, args, { stdio: 'inherit', env, detached: HAS_GROUPS });
  } catch (error) {
    // Of an empty name and of characters that no argument can have, Node complains at once.
    throw new UsageError(`cannot start "${command}": ${messageOf(error)}`);
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return 'there is no such command';
  if (error.code === 'EACCES') return 'it may not be executed';
  return error.message;
}
