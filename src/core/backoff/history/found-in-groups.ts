import type { Steps } from '../../at-once.ts';
import type { CallHistory } from './call-history.ts';

/** Calls of one step. */
const CALLS_AT_ONCE = 1_000;

/** What is found in each of the groups. */
export function* foundInGroups(
  groups: readonly (readonly CallHistory[])[],
  find: (group: readonly CallHistory[]) => readonly CallHistory[],
): Steps<CallHistory[]> {
  const found: CallHistory[] = [];
  let looked = 0;
  for (const group of groups) {
    for (const history of find(group)) found.push(history);
    looked += group.length;
    if (looked < CALLS_AT_ONCE) continue;
    looked = 0;
    yield;
  }
  yield;
  return found;
}
