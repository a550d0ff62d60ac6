import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A group of processes began or ended. */
export interface GroupNote {
  readonly pid: number;
  readonly alive: boolean;
}

/** Sees to it that groups of processes do not outlive this one, even if it is killed. */
export interface GroupGuard {
  /** Resolves when the note has left this process: the guard reads it, whatever becomes of us. */
  note(pid: number, alive: boolean): Promise<void>;
  /** Ends what is left. */
  close(): void;
}

const PROGRAM = fileURLToPath(new URL('../harness/group-guard-process.js', import.meta.url));

/** Starts the guard, in a process apart; resolves when it is on watch. */
export async function guardGroups(): Promise<GroupGuard> {
  const child = fork(PROGRAM, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], detached: true });
  await new Promise<void>((resolve) => {
    child.once('message', () => resolve());
    child.once('exit', () => resolve());
    child.on('error', () => resolve());
  });
  return {
    note(pid, alive) {
      return new Promise((resolve) => {
        if (child.connected) child.send({ pid, alive } satisfies GroupNote, () => resolve());
        else resolve();
      });
    },
    close() {
      if (child.connected) child.disconnect();
    },
  };
}
