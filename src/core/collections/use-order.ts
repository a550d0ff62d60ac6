/** What stands in an order of use. */
export interface Linked<Node> {
  older: Node | undefined;
  newer: Node | undefined;
}

/**
 * Things in the order of their use, to find the one longest out of it. They hold each other: the first key of a Map is
 * found by going over all that were deleted before it, and a Map of few entries that come and go makes a new table every
 * few of them, each reachable from the one before, so that a collection of young garbage could free none.
 */
export class UseOrder<Node extends Linked<Node>> {
  #oldest: Node | undefined;
  #newest: Node | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): Node | undefined {
    return this.#oldest;
  }

  /** The one that was used last. */
  get newest(): Node | undefined {
    return this.#newest;
  }

  /** As the last that was used. */
  add(node: Node): void {
    const before = this.#newest;
    node.older = before;
    if (before === undefined) this.#oldest = node;
    else before.newer = node;
    this.#newest = node;
    this.#size += 1;
  }

  /** It has to be in the order. */
  remove(node: Node): void {
    const { older, newer } = node;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    node.older = undefined;
    node.newer = undefined;
    this.#size -= 1;
  }

  /** Makes one that is in the order the last that was used. */
  use(node: Node): void {
    if (node === this.#newest) return;
    this.remove(node);
    this.add(node);
  }

  clear(): void {
    this.#oldest = undefined;
    this.#newest = undefined;
    this.#size = 0;
  }
}
