import { median } from '../kit/statistics.ts';
import type { Try } from './call-history.ts';
import { earlyAfter } from './early-after.ts';

/** A retry comes so soon after the wait that was asked for, in milliseconds or as a share of it. */
const SOON_MS = 250;
const SOON_SHARE = 0.1;
/** Gaps that differ by less are those of one loop. */
const SAME_MS = 50;
const SAME_SHARE = 0.1;
/** Nobody has so many callers wait side by side without a mark, and all say the same. */
const MOST_WAITING = 64;

/**
 * Whether tries, in the order of their arrival, are explained by several clients that all wait as they are told: each comes just
 * when the hint of one before it, not always the last, is over. A loop has equal gaps, or comes when no hint is over. `gapsMs`
 * are those between tries that were taken for one call's.
 */
export function isSplitByHints(tries: readonly Try[], gapsMs: readonly number[]): boolean {
  if (tries.length < 4 || hasEqualGaps(gapsMs)) return false;
  const clients = new WaitingClients();
  return tries.every((attempt) => clients.explain(attempt)) && clients.areSeveral;
}

/** A client that was told to wait: by which try, until when its next one is still prompt, and whether it never came back yet. */
interface Waiting {
  readonly told: Try;
  readonly until: number;
  readonly alone: boolean;
}

class WaitingClients {
  #waiting: Waiting[] = [];
  #count = 0;

  /** Takes the try for that of a client whose wait is over, or of a new one. Tells whether one of them came back each time. */
  explain(attempt: Try): boolean {
    const at = attempt.entry.t_headers;
    if (this.#waiting.some(({ until, alone }) => until < at && alone)) return false;
    const waiting = this.#waiting.filter(({ until }) => until >= at);
    const due = waiting.findIndex(({ told }) => earlyAfter(told, attempt) === 0);
    const isNew = due < 0;
    if (isNew) this.#count += 1;
    else waiting.splice(due, 1);
    const { dueAt = null, waitMs } = attempt.asked ?? {};
    if (dueAt !== null) {
      const until = dueAt + Math.max(SOON_MS, SOON_SHARE * (waitMs ?? 0));
      waiting.push({ told: attempt, until, alone: isNew });
    }
    this.#waiting = waiting;
    return (dueAt !== null || !isNew) && waiting.length <= MOST_WAITING;
  }

  get areSeveral(): boolean {
    return this.#count > 1 && !this.#waiting.some(({ alone }) => alone);
  }
}

function hasEqualGaps(gapsMs: readonly number[]): boolean {
  if (gapsMs.length === 0) return true;
  const shortest = gapsMs.reduce((least, ms) => Math.min(least, ms));
  const longest = gapsMs.reduce((most, ms) => Math.max(most, ms));
  return longest - shortest <= Math.max(SAME_MS, SAME_SHARE * median(gapsMs));
}
