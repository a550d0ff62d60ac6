import type { Steps } from '../../at-once.ts';
import { failureKnownAt } from '../../journal/calls.ts';
import { perObjectInSteps } from '../../memo/per-object-in-steps.ts';
import type { CallHistory } from './call-history.ts';
import { hasFailed } from './has-failed.ts';
import { isUnnamed } from './is-unnamed.ts';
import { groupsOfEqual } from './request-identity.ts';

/** Within this time after an error, an equal request may be its retry. */
const SOON_MS = 60_000;

/** A call without a name, and the one before it that says the same and failed a moment ago. */
export interface EqualFollower {
  readonly before: CallHistory;
  readonly call: CallHistory;
  /** From the failure of the one to the arrival of the other. */
  readonly gapMs: number;
  /** `seq` of the last try of the one and of the first of the other. */
  readonly entries: readonly [number, number];
}

/** Calls that may be retries of the one before them, or calls that say the same. Several rules ask it of the same calls. */
export const equalFollowers = perObjectInSteps(function* (calls: readonly CallHistory[]): Steps<readonly EqualFollower[]> {
  const unnamed = calls.filter(isUnnamed);
  const failed = new Set(unnamed.filter(hasFailed).map(bodyOf));
  if (failed.size === 0) return [];
  yield;
  const alike = yield* groupsOfEqual(
    unnamed.filter((call) => failed.has(bodyOf(call))),
    ({ tries }) => tries[0]?.entry,
  );
  yield;
  return alike.flatMap((same) =>
    same.slice(1).flatMap((call, at) => {
      const before = same[at];
      const last = before?.tries.at(-1);
      const next = call.tries[0];
      if (before === undefined || last?.failure === undefined || next === undefined) return [];
      const failedAt = failureKnownAt(last.entry);
      const gapMs = failedAt === null ? -1 : next.entry.t_headers - failedAt;
      return gapMs >= 0 && gapMs < SOON_MS ? [{ before, call, gapMs, entries: [last.entry.seq, next.entry.seq] as const }] : [];
    }),
  );
});

function bodyOf({ tries: [first] }: CallHistory): string | undefined {
  return first?.entry.bodySha256;
}
