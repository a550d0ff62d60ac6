import type { Facts } from './facts.ts';

/** What a request has to have for a matcher to speak of it. */
export interface Needed {
  /** What is looked at. */
  readonly fact: string;
  /** One of the values that the request has is one of these, or begins with one. */
  readonly values: readonly string[];
  readonly part: 'whole' | 'beginning';
  /** All that the request has of it. */
  valuesOf(facts: Facts): readonly string[];
}

/** Beginnings are compared up to this length: a text is looked up once for each length that there is. */
export const MAX_BEGINNING = 16;

/** Places by one fact. */
interface Index extends Pick<Needed, 'part' | 'valuesOf'> {
  readonly byValue: Map<string, number[]>;
  /** Of the values. */
  readonly lengths: Set<number>;
}

/** Places of a list, found by what a request needs to have for each. */
export class PlacesByNeed {
  /** Of those that need nothing that can be looked up, in ascending order. */
  readonly #others: number[] = [];
  readonly #indexes = new Map<string, Index>();

  /** Places are added in ascending order. */
  add(place: number, needed: Needed | undefined): void {
    if (needed === undefined) {
      this.#others.push(place);
      return;
    }
    const { fact, values, part, valuesOf } = needed;
    const name = `${part} ${fact}`;
    let index = this.#indexes.get(name);
    if (index === undefined) this.#indexes.set(name, (index = { part, valuesOf, byValue: new Map(), lengths: new Set() }));
    for (const value of values) {
      const places = index.byValue.get(value);
      if (places === undefined) index.byValue.set(value, [place]);
      else places.push(place);
      index.lengths.add(value.length);
    }
  }

  /** The places that the request is not ruled out for, in ascending order. */
  placesFor(facts: Facts): readonly number[] {
    if (this.#indexes.size === 0) return this.#others;
    const found = new Set<number>();
    for (const index of this.#indexes.values()) {
      for (const value of index.valuesOf(facts)) {
        if (index.part === 'whole') addAll(found, index.byValue.get(value));
        else for (const length of index.lengths) addAll(found, beginningWith(index, value, length));
      }
    }
    return found.size === 0 ? this.#others : [...this.#others, ...found].sort((a, b) => a - b);
  }
}

function beginningWith({ byValue }: Index, value: string, length: number): readonly number[] | undefined {
  return length > value.length ? undefined : byValue.get(value.slice(0, length));
}

function addAll(found: Set<number>, places: readonly number[] = []): void {
  for (const place of places) found.add(place);
}
