import type { Facts } from './facts.ts';
import { NEEDED_INDEXES, type NeededIndex, type NeededPart } from './needed-index.ts';

/** What a request has to have for a matcher to speak of it. */
export interface Needed {
  /** What is looked at. */
  readonly fact: string;
  /** One of the texts that the request has is one of these, begins with one, or has one in it. */
  readonly texts: readonly string[];
  readonly part: NeededPart;
  /** All that the request has of it. */
  textsOf(facts: Facts): readonly string[];
}

/** Places of a list, found by what a request needs to have for each. */
export class PlacesByNeed {
  /** Of those that need nothing that can be looked up, in ascending order. */
  readonly #others: number[] = [];
  readonly #byNeed = new Map<string, { readonly textsOf: Needed['textsOf']; readonly index: NeededIndex }>();

  /** Places are added in ascending order. */
  add(place: number, needed: Needed | undefined): void {
    if (needed === undefined) {
      this.#others.push(place);
      return;
    }
    const { fact, texts, part, textsOf } = needed;
    const name = `${part} ${fact}`;
    let known = this.#byNeed.get(name);
    if (known === undefined) this.#byNeed.set(name, (known = { textsOf, index: NEEDED_INDEXES[part]() }));
    for (const text of texts) known.index.add(text, place);
  }

  /** The places that the request is not ruled out for, in ascending order. */
  placesFor(facts: Facts): readonly number[] {
    if (this.#byNeed.size === 0) return this.#others;
    const found = new Set<number>();
    for (const { textsOf, index } of this.#byNeed.values()) for (const text of textsOf(facts)) index.find(text, found);
    return found.size === 0 ? this.#others : [...this.#others, ...found].sort((a, b) => a - b);
  }
}
