/** Requests that wait for each other at most: more would only keep the first of them waiting, and all of them in memory. */
const MAX_TOGETHER = 16;

type Task = () => void;

/**
 * Requests that came in one turn of the event loop are answered when they all were read, and their answers leave
 * together. To do the same for many is cheaper than to do everything for each: the caches of the processor stay warm, and
 * a client that sleeps is woken once.
 */
export class Batch {
  #answers: Task[] = [];
  #departures: Task[] = [];
  #isDue = false;

  /** Makes an answer at the end of the turn, or when enough others wait. */
  enqueue(task: Task): void {
    // What has led here is left first: it may be the parser of a connection.
    if (this.#answers.push(task) === MAX_TOGETHER) process.nextTick(this.#run);
    else this.#schedule();
  }

  /** Sends an answer with the others that are ready. */
  defer(task: Task): void {
    this.#departures.push(task);
    this.#schedule();
  }

  #schedule(): void {
    if (!this.#isDue) setImmediate(this.#end);
    this.#isDue = true;
  }

  readonly #end = (): void => {
    this.#isDue = false;
    this.#run();
  };

  readonly #run = (): void => {
    const answers = this.#answers;
    this.#answers = [];
    let next = 0;
    try {
      for (const task of answers) {
        next += 1;
        task();
      }
      this.#flush();
    } finally {
      // After a failure, those behind it.
      this.#answers.unshift(...answers.slice(next));
      if (this.#answers.length + this.#departures.length > 0) this.#schedule();
    }
  };

  #flush(): void {
    const departures = this.#departures;
    if (departures.length === 0) return;
    this.#departures = [];
    for (const task of departures) task();
  }
}
