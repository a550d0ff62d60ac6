/** Answers that are made before the first of them leaves. */
const MAX_TOGETHER = 16;

type Task = () => void;

/**
 * Requests that came in one turn of the event loop are answered when all of them were read, and their answers leave
 * together. To do the same for many is cheaper than to do everything for each: the caches of the processor stay warm, and
 * a client that sleeps is woken once.
 */
export class Batch {
  #answers: Task[] = [];
  #departures: Task[] = [];
  #isDue = false;

  /** Makes an answer at the end of the turn. */
  answer(task: Task): void {
    this.#answers.push(task);
    this.#schedule();
  }

  /** Sends an answer with the others that are ready. */
  depart(task: Task): void {
    this.#departures.push(task);
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#isDue) setImmediate(this.#run);
    this.#isDue = true;
  }

  readonly #run = (): void => {
    const answers = this.#answers;
    this.#answers = [];
    let next = 0;
    try {
      for (const task of answers) {
        next += 1;
        task();
        if (this.#departures.length >= MAX_TOGETHER) this.#leave();
      }
      this.#leave();
    } finally {
      this.#isDue = false;
      // After a failure, those behind it.
      this.#answers.unshift(...answers.slice(next));
      if (this.#answers.length + this.#departures.length > 0) this.#schedule();
    }
  };

  #leave(): void {
    const departures = this.#departures;
    if (departures.length === 0) return;
    this.#departures = [];
    for (const task of departures) task();
  }
}
