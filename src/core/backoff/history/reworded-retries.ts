import type { Steps } from '../../at-once.ts';
import { foundInGroups } from '../../collections/found-in-groups.ts';
import { groupsOfSeveral } from '../../collections/groups-of-several.ts';
import { failureKnownAt } from '../../journal/calls.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import type { CallHistory } from './call-history.ts';
import { mayBeRetried } from './invites-retry.ts';

/** Within this time after a failure, the same question in another body may be its retry. */
const SOON_MS = 60_000;

/**
 * Of calls without a name, those that may be attempts of one: it was tried once and failed in such a way that a client tries again, and the
 * same was asked of the same target, in a body that differs (`seed`, `metadata`, `max_tokens`). A client that was seen to repeat a body asks anew.
 */
export function* rewordedRetries(unnamed: readonly CallHistory[]): Steps<CallHistory[]> {
  const failed = new Set(unnamed.filter(wasTriedOnce).map(questionOf));
  failed.delete(null);
  if (failed.size === 0) return [];
  yield;
  const asked = unnamed.filter((call) => failed.has(questionOf(call)));
  return yield* foundInGroups(groupsOfSeveral(asked, askedOf), rewordedAmong);
}

/** After a part of the content, a longer body may ask for the rest: that is no retry. */
function wasTriedOnce({ tries }: CallHistory): boolean {
  const [only] = tries;
  return tries.length === 1 && only !== undefined && only.entry.chunksOut === 0 && mayBeRetried(only.entry);
}

function firstOf({ tries }: CallHistory): JournalEntry | undefined {
  return tries[0]?.entry;
}

function questionOf(call: CallHistory): string | null {
  return firstOf(call)?.question ?? null;
}

/** What is asked, and of whom. */
function askedOf(call: CallHistory): string {
  const { question, method, path, authorizationHash, model } = firstOf(call) ?? {};
  return `${question} ${method} ${path} ${authorizationHash} ${model}`;
}

function rewordedAmong(same: readonly CallHistory[]): CallHistory[] {
  const sorted = same.toSorted((a, b) => startOf(a) - startOf(b));
  const found = new Set<CallHistory>();
  for (const [at, call] of sorted.entries()) {
    const next = sorted[at + 1];
    if (next !== undefined && wasTriedOnce(call) && followsReworded(call, next)) found.add(call).add(next);
  }
  return [...found];
}

function followsReworded(call: CallHistory, next: CallHistory): boolean {
  const before = firstOf(call);
  const failedAt = before === undefined ? null : failureKnownAt(before);
  if (failedAt === null || before?.bodySha256 === firstOf(next)?.bodySha256) return false;
  const gapMs = startOf(next) - failedAt;
  return gapMs >= 0 && gapMs < SOON_MS;
}

function startOf(call: CallHistory): number {
  return firstOf(call)?.t_headers ?? 0;
}
