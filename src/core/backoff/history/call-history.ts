import type { Certainty } from '../../correlation/certainty.ts';
import type { Evidence } from '../../correlation/correlation.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import type { FailureKind } from '../../journal/failure-kind.ts';
import type { RetryHint } from './retry-hint.ts';

/** One try of a call, as a judge sees it. */
export interface Try {
  /** 1 is the first try. */
  readonly position: number;
  readonly entry: JournalEntry;
  /** Undefined for a success. */
  readonly failure: FailureKind | undefined;
  /** What its answer asked for. */
  readonly asked: RetryHint | undefined;
  /** `x-stainless-retry-count`, where the client sends one. */
  readonly retryCount: number | undefined;
}

/** The time between the failure of one try and the arrival of the next. */
export interface Gap {
  /** 1 for the gap before the first retry. */
  readonly index: number;
  readonly before: Try;
  readonly after: Try;
  readonly gapMs: number;
}

/** One logical request: its tries up to the first success, transport replays left out. */
export interface CallHistory {
  readonly id: string;
  readonly method: Evidence;
  readonly certainty: Certainty;
  /** Other calls say the same, and may have sent some of its tries: it accuses nobody. */
  readonly inDoubt?: true;
  readonly tries: readonly Try[];
  /** Between tries of the same target, one right after the other. */
  readonly gaps: readonly Gap[];
  /** Between tries of two targets: what one has told binds nobody at the other. */
  readonly failovers: readonly Gap[];
  /** Tries that a network stack sent again by itself (backoff.md A2); they count as none. */
  readonly replays: readonly JournalEntry[];
  /** The tries overlap: a hedge, or several calls under one name. Gaps between such tries are left out. */
  readonly overlapping: boolean;
  /** The client gave it up for another model: a call of the same name goes on after it. */
  readonly replaced: boolean;
  /**
   * Attempts of it may be missing, for they are in no journal: those that the system refused while the server was down, and those behind a
   * GOAWAY. Here are the gaps in which they may be; they are in no other list.
   */
  readonly hidden?: readonly Gap[];
}
