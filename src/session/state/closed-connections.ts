/** Closings remembered at most. Correlation asks about failures of the last quarter of a second. */
const MAX_CLOSED = 20_000;

/** The connections that closed last. */
export class ClosedConnections {
  /** In the order in which they closed. */
  readonly #ids = new Set<number>();

  add(connection: number): void {
    this.#ids.add(connection);
    if (this.#ids.size <= MAX_CLOSED) return;
    for (const oldest of this.#ids) {
      this.#ids.delete(oldest);
      break;
    }
  }

  readonly has = (connection: number): boolean => this.#ids.has(connection);
}
