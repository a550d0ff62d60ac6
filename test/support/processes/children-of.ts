import { existsSync, readFileSync } from 'node:fs';

/** Processes that a process has started and that still live; Linux tells, elsewhere there are none. */
export function childrenOf(pid = 0): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number) : [];
}
