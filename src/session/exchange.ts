import type { RetryExpectation } from '../core/backoff/history/invites-retry.ts';
import type { Clock } from '../core/clock.ts';
import type { Correlation } from '../core/correlation/correlation.ts';
import type { Outcome } from '../core/correlation/outcome.ts';
import type { FaultApplied } from '../core/journal/entry.ts';
import type { Head, Reply } from '../core/wire/effect.ts';
import type { Performed } from '../exchange/performed.ts';
import { type JournalRecord, noteEnd, noteHead } from '../exchange/record.ts';

/** One request on its way: what to send, and whom to tell how it went. */
export interface Exchange {
  /** The rule that fired, and its faults. */
  readonly applied: FaultApplied | null;
  /** What to send. To be called once: what a hanging client waits for is not held here. */
  takeReply(): Reply;
  /** To be called when the answer has to wait before any byte of it goes out. */
  waits(): void;
  /** To be called just before the head is handed to the socket. */
  headSent(head: Head): void;
  /** To be called once, when the exchange is over. */
  finished(performed: Performed): void;
}

/** Where a session keeps the account of its exchanges. */
export interface ExchangeBook {
  readonly clock: Clock;
  /** What the scenario says of failures that pass. */
  readonly expectation: RetryExpectation;
  /** A request of this fingerprint waits for the first byte of its answer. */
  waits(fingerprint: string): void;
  /** It does no more. */
  answered(fingerprint: string): void;
  /** An exchange is over; the recognition is that of a request that was read to its end. */
  over(record: JournalRecord, recognition: Correlation | undefined, outcome: Outcome): void;
}

/** What an exchange is followed by. What it holds stays in memory as long as the client does. */
export interface Follow {
  readonly book: ExchangeBook;
  readonly recognition?: Correlation;
  /** Of a request that waits. */
  readonly fingerprint?: string;
  /** To be called when a success is over. */
  readonly refund?: (() => void) | undefined;
}

/** Follows an exchange to its end: in its record, and in the book of the session. */
export class FollowedExchange implements Exchange {
  readonly applied: FaultApplied | null;
  readonly #record: JournalRecord;
  readonly #follow: Follow;
  #reply: Reply;
  /** Whether nothing of the answer has gone out, and the book knows it. */
  #waits = false;
  #begun = false;

  constructor(reply: Reply, applied: FaultApplied | null, record: JournalRecord, follow: Follow) {
    this.applied = applied;
    this.#record = record;
    this.#follow = follow;
    this.#reply = reply;
  }

  takeReply(): Reply {
    const reply = this.#reply;
    this.#reply = [];
    return reply;
  }

  waits(): void {
    const { book, fingerprint } = this.#follow;
    if (this.#begun || this.#waits || fingerprint === undefined) return;
    book.waits(fingerprint);
    this.#waits = true;
  }

  headSent(head: Head): void {
    this.#answered();
    noteHead(this.#record, head, this.#follow.book.clock);
  }

  finished(performed: Performed): void {
    const { book, recognition, refund } = this.#follow;
    this.#answered();
    if (this.#record.status === 200) refund?.();
    book.over(this.#record, recognition, noteEnd(this.#record, performed, book));
  }

  #answered(): void {
    const { book, fingerprint } = this.#follow;
    if (this.#waits && fingerprint !== undefined) book.answered(fingerprint);
    this.#waits = false;
    this.#begun = true;
  }
}
