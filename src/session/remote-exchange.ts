import type { Amounts } from '../core/limits/buckets.ts';
import type { Decision } from '../exchange/decision-step.ts';
import type { Performed } from '../exchange/performed.ts';
import { type HeadNotes, type JournalRecord, noteEnd } from '../exchange/record.ts';
import type { ExchangeBook } from './exchange.ts';

/** Where a session keeps the account of exchanges that other processes carry out. */
export interface RemoteBook extends ExchangeBook {
  /** Takes a place in the queue of the service: how long the request waits, undefined when it is refused. */
  takePlace(record: JournalRecord): number | undefined;
  /** Puts back into the buckets of an account what was not used. */
  give(account: string, amounts: Amounts | undefined): void;
}

/** What an exchange is followed by. */
export interface RemoteFollow {
  readonly book: RemoteBook;
  readonly fingerprint: string;
  /** The buckets it drew from. */
  readonly account: string | undefined;
  /** The service answers at once, as far as it has capacity. */
  readonly serves: boolean;
}

/** An exchange that another process carries out. */
export class RemoteExchange {
  readonly ruling: Decision;
  readonly fingerprint: string;
  /** The place in the queue of the service; undefined when none has been taken yet. */
  readonly placed: { readonly waitMs: number | undefined } | undefined;
  readonly #record: JournalRecord;
  readonly #book: RemoteBook;
  readonly #account: string | undefined;
  #waits = false;

  constructor(ruling: Decision, record: JournalRecord, { book, fingerprint, account, serves }: RemoteFollow) {
    this.ruling = ruling;
    this.fingerprint = fingerprint;
    this.#record = record;
    this.#book = book;
    this.#account = account;
    this.placed = serves ? { waitMs: this.place() } : undefined;
  }

  /** Takes a place in the queue of the service: how long the request waits, undefined when it is refused. */
  place(): number | undefined {
    return this.#book.takePlace(this.#record);
  }

  /** To be called when the answer has to wait before any byte of it goes out. */
  waits(): void {
    this.#waits = true;
    this.#book.waits(this.fingerprint);
  }

  headSent(notes: HeadNotes): void {
    this.#answered();
    Object.assign(this.#record, notes);
  }

  /** `unused`: what goes back into the buckets. */
  finished(performed: Performed, endedAt: number, unused: Amounts | undefined): void {
    this.#answered();
    if (this.#account !== undefined) this.#book.give(this.#account, unused);
    const clock = { now: () => endedAt, wall: this.#book.clock.wall };
    this.#book.over(
      this.#record,
      this.ruling.correlation,
      noteEnd(this.#record, performed, { clock, expectation: this.#book.expectation }),
    );
  }

  #answered(): void {
    if (this.#waits) this.#book.answered(this.fingerprint);
    this.#waits = false;
  }
}
