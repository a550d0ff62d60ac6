import type { Correlation } from '../../core/correlation/correlation.ts';
import type { StoreChange } from '../../core/openai/store/session-store.ts';
import type { Decision } from '../../exchange/decision-step.ts';
import { type HeadNotes, type JournalRecord, noteHead } from '../../exchange/record.ts';
import type { Repay } from '../decisions.ts';
import type { ExchangeEnd, OpenExchange, QueuePlace } from './session-state.ts';

/** What an exchange remembers of its request. It stays in memory as long as the client does. */
interface Followed {
  readonly correlation: Correlation | undefined;
  /** Undefined for what was not read: nothing is equal to it. */
  readonly fingerprint: string | undefined;
  /** Puts back into the buckets what it drew and did not use. */
  readonly repay: Repay | undefined;
  /** Gives back its place among those that are served at the same time. */
  readonly vacate: (() => void) | undefined;
  /** Its body, where it may change what the session keeps. */
  readonly body: Uint8Array | undefined;
  /** Its place in its conversation, where replies go by that. */
  readonly turn: string | undefined;
  /** The conversation that it works on. */
  readonly locked: string | undefined;
  /** Those that it met. */
  readonly faults: Decision['faults'];
}

/** Of what was not read to its end. */
export const UNREAD: Followed = {
  correlation: undefined,
  fingerprint: undefined,
  repay: undefined,
  vacate: undefined,
  body: undefined,
  turn: undefined,
  locked: undefined,
  faults: [],
};

/** The exchange of a request that the service makes: it is in no journal, and takes no place. */
export const NOT_FOLLOWED: OpenExchange = {
  reserve: () => ({ waitMs: 0 }),
  keep: () => undefined,
  waiting: () => undefined,
  started: () => undefined,
  ended: () => undefined,
};

/** What the end of an exchange is told with. */
export type Ending = Pick<Followed, 'correlation' | 'faults'>;

/** What an exchange changes of the state of its session. */
export interface FollowingState {
  reserve(record: JournalRecord): QueuePlace;
  keep(change: StoreChange, body: Uint8Array, turn: string | undefined): void;
  unlock(conversation: string): void;
  addWaiting(fingerprint: string): void;
  removeWaiting(fingerprint: string): void;
  end(record: JournalRecord, ending: Ending, end: ExchangeEnd): void;
}

/** An exchange whose state is in this process. */
export class InMemoryExchange implements OpenExchange {
  readonly #state: FollowingState;
  readonly #record: JournalRecord;
  readonly #correlation: Correlation | undefined;
  readonly #fingerprint: string | undefined;
  readonly #repay: Repay | undefined;
  readonly #vacate: (() => void) | undefined;
  readonly #body: Uint8Array | undefined;
  readonly #turn: string | undefined;
  readonly #locked: string | undefined;
  readonly #faults: Decision['faults'];
  #isWaiting = false;

  constructor(
    state: FollowingState,
    record: JournalRecord,
    { correlation, fingerprint, repay, vacate, body, turn, locked, faults }: Followed,
  ) {
    this.#state = state;
    this.#record = record;
    this.#correlation = correlation;
    this.#fingerprint = fingerprint;
    this.#repay = repay;
    this.#vacate = vacate;
    this.#faults = faults;
    this.#body = body;
    this.#turn = turn;
    this.#locked = locked;
  }

  reserve(): QueuePlace {
    return this.#state.reserve(this.#record);
  }

  keep(change: StoreChange): void {
    if (this.#body !== undefined) this.#state.keep(change, this.#body, this.#turn);
  }

  waiting(): void {
    if (this.#fingerprint === undefined) return;
    this.#state.addWaiting(this.#fingerprint);
    this.#isWaiting = true;
  }

  started(notes: HeadNotes): void {
    this.#waitsNoMore();
    noteHead(this.#record, notes);
  }

  ended(end: ExchangeEnd): void {
    this.#waitsNoMore();
    this.#vacate?.();
    if (this.#locked !== undefined) this.#state.unlock(this.#locked);
    this.#repay?.(end.unused);
    this.#state.end(this.#record, { correlation: this.#correlation, faults: this.#faults }, end);
  }

  #waitsNoMore(): void {
    if (this.#isWaiting && this.#fingerprint !== undefined) this.#state.removeWaiting(this.#fingerprint);
    this.#isWaiting = false;
  }
}
