/** Answers that somebody waits for, by the numbers of their questions. */
export class PendingAnswers<Answer> {
  readonly #open = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();

  wait(ref: number): Promise<Answer> {
    return new Promise((resolve, reject) => this.#open.set(ref, { resolve, reject }));
  }

  resolve(ref: number, answer: Answer): void {
    this.#open.get(ref)?.resolve(answer);
    this.#open.delete(ref);
  }

  /** Tells whether anybody waited for it. */
  reject(ref: number, error: Error): boolean {
    this.#open.get(ref)?.reject(error);
    return this.#open.delete(ref);
  }
}
