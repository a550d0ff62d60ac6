import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A group of processes began or ended. */
export interface GroupNote {
  readonly pid: number;
  readonly alive: boolean;
}

/** Sees to it that groups of processes do not outlive this one, even if it is killed. */
export interface GroupGuard {
  note(pid: number, alive: boolean): void;
  /** Ends what is left. */
  close(): void;
}

const PROGRAM = fileURLToPath(new URL('./group-guard-process.js', import.meta.url));

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
      if (child.connected) child.send({ pid, alive } satisfies GroupNote, () => undefined);
    },
    close() {
      if (child.connected) child.disconnect();
    },
  };
}
