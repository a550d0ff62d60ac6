/** Numbers the connections of all workers, in the order in which the primary first hears of them. */
export class ConnectionNumbers {
  #count = 0;

  next(): number {
    this.#count += 1;
    return this.#count;
  }
}
