import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const canPin = availableParallelism() > 1 && spawnSync('taskset', ['-p', String(process.pid)]).status === 0;

/** Options of `fork` that keep a process on one core, where the system lets us. */
export function pinned(core) {
  if (!canPin) return {};
  return { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath] };
}

/** Keeps this process on one core. Tells whether it is. */
export function pinSelf(core) {
  return canPin && spawnSync('taskset', ['-a', '-cp', String(core), String(process.pid)]).status === 0;
}
