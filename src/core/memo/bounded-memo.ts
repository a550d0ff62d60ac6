/**
 * Remembers what was found for each key, up to a number of keys. When it is full it forgets all of them: what is asked often
 * is soon found again, and no order has to be kept.
 */
export class BoundedMemo<Key, Value> {
  readonly #values = new Map<Key, Value>();
  readonly #maxKeys: number;

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
  }

  /** What was found for the key, or what `find` finds now. It must depend on the key alone. */
  get(key: Key, find: (key: Key) => Value): Value {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    if (this.#values.size >= this.#maxKeys) this.#values.clear();
    const value = find(key);
    this.#values.set(key, value);
    return value;
  }

  get size(): number {
    return this.#values.size;
  }
}
