import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

// Not those that this process may use: whoever starts it may have pinned it.
const cores = cpus().length;
const canPin = cores > 1 && spawnSync('taskset', ['-p', String(process.pid)]).status === 0;

/** Options of `fork` that keep a process on one core, where the system lets us. */
export function pinned(core) {
  if (!canPin) return {};
  return { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath] };
}

/** Keeps this process on one core. Tells whether it is. */
export function pinSelf(core) {
  return canPin && spawnSync('taskset', ['-a', '-cp', String(core), String(process.pid)]).status === 0;
}

/** Lets this process, and what it starts from now on, use all cores again. */
export function unpinSelf() {
  if (canPin) spawnSync('taskset', ['-a', '-cp', `0-${cores - 1}`, String(process.pid)]);
}
