/** Messages to another process. Those of one turn of the event loop leave together: each sending has its price. */
export class Outbox<Message> {
  readonly #send: (batch: readonly Message[]) => void;
  readonly #beforeFlush: () => unknown;
  #waiting: Message[] = [];
  #flushes: NodeJS.Immediate | undefined;

  /** `beforeFlush` may add messages. */
  constructor(send: (batch: readonly Message[]) => void, beforeFlush: () => unknown = () => undefined) {
    this.#send = send;
    this.#beforeFlush = beforeFlush;
  }

  tell(message: Message): void {
    this.#waiting.push(message);
    this.wake();
  }

  /** Sees to it that the turn does not end without a flush. */
  wake(): void {
    this.#flushes ??= setImmediate(() => this.flush());
  }

  /** Whether the message has not left yet. Only the newest are looked at. */
  holds(message: Message): boolean {
    return this.#waiting.lastIndexOf(message) >= 0;
  }

  /** Sends what waits, at once. */
  flush(): void {
    clearImmediate(this.#flushes);
    this.#flushes = undefined;
    this.#beforeFlush();
    clearImmediate(this.#flushes);
    this.#flushes = undefined;
    const batch = this.#waiting;
    if (batch.length === 0) return;
    this.#waiting = [];
    this.#send(batch);
  }
}
