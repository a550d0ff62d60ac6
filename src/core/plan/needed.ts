import type { Facts } from './facts.ts';

/** What a request has to have, to the letter, for a matcher to speak of it. */
export interface Needed {
  /** What is looked at. */
  readonly fact: string;
  readonly value: string;
  /** All that the request has of it. */
  valuesOf(facts: Facts): readonly string[];
}

/** Places of a list, found by what a request needs to have for each. */
export class PlacesByNeed {
  /** Of those that need nothing to the letter, in ascending order. */
  readonly #others: number[] = [];
  readonly #byFact = new Map<string, { readonly valuesOf: Needed['valuesOf']; readonly byValue: Map<string, number[]> }>();

  /** Places are added in ascending order. */
  add(place: number, needed: Needed | undefined): void {
    if (needed === undefined) {
      this.#others.push(place);
      return;
    }
    const { fact, value, valuesOf } = needed;
    let known = this.#byFact.get(fact);
    if (known === undefined) this.#byFact.set(fact, (known = { valuesOf, byValue: new Map() }));
    const places = known.byValue.get(value);
    if (places === undefined) known.byValue.set(value, [place]);
    else places.push(place);
  }

  /** The places that the request is not ruled out for, in ascending order. */
  placesFor(facts: Facts): readonly number[] {
    if (this.#byFact.size === 0) return this.#others;
    const found = new Set<number>();
    for (const { valuesOf, byValue } of this.#byFact.values()) {
      for (const value of valuesOf(facts)) for (const place of byValue.get(value) ?? []) found.add(place);
    }
    return found.size === 0 ? this.#others : [...this.#others, ...found].sort((a, b) => a - b);
  }
}
