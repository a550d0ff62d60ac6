/** The connections of all workers, numbered as the primary first hears of them. */
export class OpenConnections {
  readonly #open = new Set<number>();
  #count = 0;

  readonly isOpen = (connection: number): boolean => this.#open.has(connection);

  number(): number {
    this.#count += 1;
    return this.#count;
  }

  open(connection: number): void {
    this.#open.add(connection);
  }

  close(connection: number): void {
    this.#open.delete(connection);
  }
}
