import { type Linked, UseOrder } from './use-order.ts';

/** A map whose values stand in the order of their use, to find the one longest out of it. */
export class LruMap<Key, Value extends Linked<Value>> {
  readonly #values = new Map<Key, Value>();
  readonly #order = new UseOrder<Value>();
  readonly #keyOf: (value: Value) => Key;

  constructor(keyOf: (value: Value) => Key) {
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#values.size;
  }

  /** The one longest out of use. */
  get oldest(): Value | undefined {
    return this.#order.oldest;
  }

  /** The one that was used last. */
  get newest(): Value | undefined {
    return this.#order.newest;
  }

  get(key: Key): Value | undefined {
    return this.#values.get(key);
  }

  /** Adds a value whose key is not in the map, as the last that was used. */
  add(value: Value): void {
    this.#values.set(this.#keyOf(value), value);
    this.#order.add(value);
  }

  /** Makes one that is in the map the last that was used. */
  use(value: Value): void {
    this.#order.use(value);
  }

  /** It has to be in the map. */
  remove(value: Value): void {
    this.#values.delete(this.#keyOf(value));
    this.#order.remove(value);
  }

  clear(): void {
    this.#values.clear();
    this.#order.clear();
  }
}
