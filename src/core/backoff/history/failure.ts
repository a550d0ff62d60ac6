import type { BoundFault } from '../../faults/bound-fault.ts';
import { boundFault } from '../../faults/registry.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { type Ended, type FailureKind, failureKind } from '../../journal/failure-kind.ts';
import { grammarOf } from '../../journal/grammar-of.ts';

/** A request that is known to have failed or not. */
export type Settled = Ended & Pick<JournalEntry, 'faultApplied' | 'endpoint' | 'stream'>;

/** How the attempt failed; undefined for a success. */
export function failureOf(entry: Settled): FailureKind | undefined {
  if (entry.faultApplied === null) return failureKind(entry, NO_FAULTS, undefined);
  return failureKind(entry, entry.faultApplied.faults.map(boundFault), grammarOf(entry));
}

const NO_FAULTS: readonly BoundFault[] = [];

/** `429 rate_limit_exceeded`, `reset`, `no answer`: how people call it. */
export function failureText(entry: JournalEntry): string {
  const kind = failureOf(entry);
  switch (kind) {
    case undefined:
      return String(entry.status);
    case 'status':
      return [entry.status, entry.errorCode].filter((part) => part !== null).join(' ');
    case 'transport':
      return entry.status === null ? 'no answer' : `${entry.status} without a body`;
    case 'content':
      return entry.stream ? 'broken stream' : 'broken answer';
    case 'abandoned':
      return 'left by the client';
    case 'pending':
      return 'unanswered';
  }
}
