import { SessionsFullError } from '../session/sessions-full-error.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { Outbox } from './outbox.ts';

type Answer = Extract<ToWorker, { ref: number }>;
type Unnumbered<T> = T extends { ref: number } ? Omit<T, 'ref'> : never;
type Asking = Unnumbered<Extract<FromWorker, { kind: 'decide' | 'decide early' | 'admin' }>>;

/** The line of a worker to the primary. `More`: what else is said on it. */
export class PrimaryClient<More = never> {
  readonly #outbox: Outbox<FromWorker | More>;
  readonly #awaited = new Map<number, (answer: Answer | Error) => void>();
  /** Requests whose bodies are being read, by session: how many more than the primary knows of. */
  readonly #reading = new Map<string, number>();
  #refs = 0;

  constructor(send: (batch: readonly (FromWorker | More)[]) => void) {
    this.#outbox = new Outbox(send, () => this.#tellReading());
  }

  notify(message: FromWorker | More): void {
    this.#outbox.tell(message);
  }

  /** Whether the message could still be added to. */
  isQueued(message: FromWorker): boolean {
    return this.#outbox.holds(message);
  }

  flush(): void {
    this.#outbox.flush();
  }

  /** Asks; the answer bears the number of the question. Rejects with a SessionsFullError, or an Error when the primary itself failed. */
  request(question: Asking): Promise<Answer> {
    this.#refs += 1;
    return this.#send({ ...question, ref: this.#refs });
  }

  /** Asks for a place in the queue of the service, for the exchange of that number. */
  place(ref: number): Promise<Answer> {
    return this.#send({ kind: 'place', ref });
  }

  answered(answer: Answer): void {
    const resolve = this.#awaited.get(answer.ref);
    this.#awaited.delete(answer.ref);
    if (answer.kind === 'failed') resolve?.(new Error(answer.message));
    else if (answer.kind === 'sessions full') resolve?.(new SessionsFullError(answer.message));
    else resolve?.(answer);
  }

  /** What waits for the answer of that number rejects. */
  refused(ref: number, error: Error): void {
    const resolve = this.#awaited.get(ref);
    this.#awaited.delete(ref);
    resolve?.(error);
  }

  /** Counts requests that are being read. One that comes and is read in the same turn is not worth a message. */
  reading(session: string, more: number): void {
    this.#reading.set(session, (this.#reading.get(session) ?? 0) + more);
    this.#outbox.wake();
  }

  #send(message: Extract<FromWorker, { ref: number }>): Promise<Answer> {
    this.#outbox.tell(message);
    return new Promise((resolve, reject) => {
      this.#awaited.set(message.ref, (answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
    });
  }

  #tellReading(): void {
    for (const [session, more] of this.#reading) {
      if (more !== 0) this.#outbox.tell({ kind: 'reading', session, more });
    }
    this.#reading.clear();
  }
}

/** What requests are decided through. */
export type DecisionLine = Pick<PrimaryClient, 'notify' | 'isQueued' | 'request' | 'place' | 'reading'>;
