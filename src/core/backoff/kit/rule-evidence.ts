import type { Downtime } from '../../journal/downtime.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Window } from '../../units/window.ts';
import type { CallHistory } from '../history/call-history.ts';

/** What a client made of one call; only a driver that runs the client can tell. Times on the journal's clock. */
export interface ClientOutcome {
  readonly call: string;
  /** Null while the client has not come back. */
  readonly ok: boolean | null;
  readonly text?: string;
  readonly error?: string;
  readonly startedAt?: number;
  readonly settledAt?: number;
  /** When the driver last looked at the call, where that is earlier than the end of the run. */
  readonly watchedUntil?: number;
  /** When the driver told the client to stop. */
  readonly abortedAt?: number;
  /** Which client process made the call. */
  readonly process?: string;
}

/** A span in which everything failed by plan. Times on the journal's clock. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

/** A second in which the mock, or a client process, was late. */
export interface Stall {
  /** The end of the second. */
  readonly at: number;
  readonly ms: number;
}

const SECOND_MS = 1_000;

/** Whether the second has anything of the span in it. */
export function isStallWithin({ at }: Stall, from: number, to: number): boolean {
  return at >= from && at - SECOND_MS <= to;
}

/** The longest stall of a second that has anything of the span in it, in milliseconds. */
export function longestStallWithin(stalls: readonly Stall[], from: number, to: number): number {
  return stalls.reduce((longest, stall) => (isStallWithin(stall, from, to) ? Math.max(longest, stall.ms) : longest), 0);
}

/** What is known of a run besides its journal. Times on the journal's clock. */
export interface RunContext {
  /** When somebody last looked: nothing is known of what came later. */
  readonly watchedUntil: number;
  /** When the client program ended: no attempt can have followed. */
  readonly clientEndedAt?: number;
  /** When the client program was ended by somebody else: what it left then it did not leave by itself. */
  readonly killedAt?: number;
  readonly outcomes?: readonly ClientOutcome[];
  readonly outages?: readonly Outage[];
  /** When the server was down, so that attempts are in no journal; oldest first. */
  readonly downtimes?: readonly Downtime[];
  /** When requests may have been thrown away behind a GOAWAY; told from the journal. */
  readonly thrownAway?: readonly Window[];
  readonly stalls?: readonly Stall[];
  /** Why times cannot be trusted although nothing stalled: a driver did not keep its schedule. */
  readonly untimely?: string;
  /** The sessions are services of one scenario: a call may go from one to another. */
  readonly together?: true;
  /** Where to look when no request came, in whole sentences. */
  readonly silence?: string;
}

/** All that a rule may look at. */
export interface RuleEvidence extends RunContext {
  readonly entries: readonly JournalEntry[];
  readonly calls: readonly CallHistory[];
  readonly policy: Policy;
  outcomeOf(call: CallHistory): ClientOutcome | undefined;
  /** Whether a request with the name of the call got an answer that is whole, be it taken for another call. */
  isAnswered(call: CallHistory): boolean;
}
