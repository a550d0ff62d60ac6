import type { Clock } from '../core/clock.ts';
import type { Amounts } from '../core/limits/buckets.ts';
import type { Bill } from '../core/openai/request/reply-context.ts';
import type { Head, Reply } from '../core/wire/effect.ts';
import type { FaultChoice } from '../exchange/decision-step.ts';
import type { AnswerRecorder } from '../exchange/message-recorder.ts';
import type { Performed } from '../exchange/performed.ts';
import { endedAtOf, headNotesOf } from '../exchange/record.ts';
import type { SentCalls } from '../exchange/sent-calls.ts';
import type { QueueSlot } from './queue-slot.ts';
import type { OpenExchange } from './state/session-state.ts';

/** One request on its way: what to send, and whom to tell how it went. */
export interface Exchange {
  /** The rule that fired, and its faults. */
  readonly chosen: FaultChoice;
  /** The body may be sent in a coding: then the head says in which. */
  readonly mayBeCoded: boolean;
  /** What a wait of the reply lasts for that says `until: 'placed'`. */
  readonly placed?: Promise<void> | undefined;
  /** What to send. To be called once: what a hanging client waits for is not held here. */
  takeReply(): Reply;
  /** To be called when the reply has to wait before any byte of it goes out. */
  waits(): void;
  /** To be called just before the head is handed to the socket. */
  headSent(head: Head): void;
  /** To be called once, when the exchange is over. */
  finished(performed: Performed): void;
}

interface ExchangeParts {
  readonly clock: Clock;
  readonly slot?: QueueSlot | undefined;
  /** What goes back into the buckets when a success is over. */
  readonly unused?: (() => Amounts | undefined) | undefined;
  /** What the answer costs, once it is made. */
  readonly bill?: Bill | undefined;
  /** Listens to the answer, where a fault may break calls in it. */
  readonly calls?: SentCalls | undefined;
  readonly mayBeCoded?: boolean;
  /** Listens to the answer, where the journal keeps it. */
  readonly recorder?: AnswerRecorder | undefined;
}

/** An exchange that tells the state how it goes. What it holds stays in memory as long as the client does. */
export class FollowedExchange implements Exchange {
  readonly chosen: FaultChoice;
  readonly mayBeCoded: boolean;
  readonly #open: OpenExchange;
  readonly #clock: Clock;
  readonly #slot: QueueSlot | undefined;
  readonly #unused: (() => Amounts | undefined) | undefined;
  readonly #bill: Bill | undefined;
  readonly #calls: SentCalls | undefined;
  readonly #recorder: AnswerRecorder | undefined;
  #reply: Reply;
  /** The state knows that the reply waits, or that it has begun. */
  #isTold = false;
  #status: number | null = null;

  constructor(
    reply: Reply,
    chosen: FaultChoice,
    open: OpenExchange,
    { clock, slot, unused, bill, calls, mayBeCoded = false, recorder }: ExchangeParts,
  ) {
    this.chosen = chosen;
    this.mayBeCoded = mayBeCoded;
    this.#open = open;
    this.#clock = clock;
    this.#slot = slot;
    this.#unused = unused;
    this.#bill = bill;
    this.#calls = calls;
    this.#recorder = recorder;
    const heard = calls === undefined ? reply : calls.heard(reply);
    this.#reply = recorder === undefined ? heard : recorder.heard(heard);
  }

  get placed(): Promise<void> | undefined {
    return this.#slot?.arrival;
  }

  takeReply(): Reply {
    const reply = this.#reply;
    this.#reply = [];
    return reply;
  }

  waits(): void {
    if (!this.#isTold) this.#open.waiting();
    this.#isTold = true;
  }

  headSent(head: Head): void {
    this.#isTold = true;
    const notes = headNotesOf(head, this.#clock);
    this.#status = notes.status;
    this.#open.started(notes);
  }

  finished(performed: Performed): void {
    const unused = this.#status === 200 ? this.#unused?.() : undefined;
    this.#open.ended({
      performed,
      endedAt: endedAtOf(performed, this.#clock),
      unused,
      billed: billedTokens(this.#bill, performed),
      brokenCalls: this.#calls?.broken,
      recorded: this.#recorder && recordedText(this.#recorder, performed),
    });
  }
}

/** What went out, in JSON; undefined where nothing did. */
function recordedText(recorder: AnswerRecorder, { closedBy, bytesOut }: Performed): string | undefined {
  const message = recorder.message(closedBy === null ? undefined : bytesOut);
  return message && JSON.stringify(message);
}

/** Tokens that were billed: of a stream that was cut, those that had been made. */
function billedTokens(bill: Bill | undefined, { closedBy, chunksOut, eventsOut }: Performed): number {
  if (bill === undefined) return 0;
  const isCutStream = closedBy !== null && eventsOut > 0;
  return isCutStream ? Math.min(bill.total, bill.before + chunksOut) : bill.total;
}
