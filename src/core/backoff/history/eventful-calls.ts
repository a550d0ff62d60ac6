import { perObject } from '../../memo/per-object.ts';
import type { CallHistory } from './call-history.ts';

/**
 * The calls without those that succeeded at once, with nothing told to wait for, nothing hidden, and that continue no other: most calls of most runs do, and many
 * rules have nothing to say of them.
 */
export const eventfulCalls = perObject((calls: readonly CallHistory[]): readonly CallHistory[] => {
  const replaced = new Set(calls.filter((call) => call.replaced).map(({ id }) => id));
  return calls.filter((call) => !hasSucceededAtOnce(call) || (replaced.size > 0 && replaced.has(call.id)));
});

function hasSucceededAtOnce({ tries, replays, hidden }: CallHistory): boolean {
  const [only] = tries;
  if (only === undefined || tries.length > 1 || replays.length > 0 || hidden !== undefined) return false;
  return only.failure === undefined && only.asked === undefined && (only.retryCount ?? 0) === 0;
}
