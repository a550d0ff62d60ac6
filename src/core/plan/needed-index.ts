/** Places of a list, by a text that a request needs to have for each. */
export interface NeededIndex {
  add(text: string, place: number): void;
  /** Adds the places that a text of the request does not rule out. */
  find(text: string, found: Set<number>): void;
}

/** How much of a text is needed. */
export type NeededPart = 'whole' | 'beginning' | 'piece';

/** Beginnings are compared up to this length: a text is looked up once for each length that there is. */
const MAX_BEGINNING = 16;
/** UTF-16 units of a piece. Shorter ones are in too many texts to be worth a look. */
const PIECE = 4;

export const NEEDED_INDEXES: Readonly<Record<NeededPart, () => NeededIndex>> = {
  whole: () => new WholeTexts(),
  beginning: () => new Beginnings(),
  piece: () => new Pieces(),
};

/** Whether a text is long enough to be looked for as a piece of others. */
export function isPiece(text: string): boolean {
  return text.length >= PIECE;
}

/** Places by a key. */
class Places<Key> {
  readonly #byKey = new Map<Key, number[]>();

  add(key: Key, place: number): void {
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, [place]);
    else known.push(place);
  }

  find(key: Key, found: Set<number>): void {
    const known = this.#byKey.get(key);
    if (known !== undefined) for (const place of known) found.add(place);
  }
}

class WholeTexts extends Places<string> implements NeededIndex {}

class Beginnings implements NeededIndex {
  readonly #places = new Places<string>();
  readonly #lengths = new Set<number>();

  add(text: string, place: number): void {
    const beginning = text.slice(0, MAX_BEGINNING);
    this.#lengths.add(beginning.length);
    this.#places.add(beginning, place);
  }

  find(text: string, found: Set<number>): void {
    for (const length of this.#lengths) if (length <= text.length) this.#places.find(text.slice(0, length), found);
  }
}

/** By the last units of a text: what people number, they number at the end. */
class Pieces implements NeededIndex {
  readonly #places = new Places<number>();

  add(text: string, place: number): void {
    this.#places.add(hashAt(text, text.length - PIECE), place);
  }

  find(text: string, found: Set<number>): void {
    for (let at = 0; at + PIECE <= text.length; at++) this.#places.find(hashAt(text, at), found);
  }
}

/** Of the piece at that place. Two pieces of the same hash cost a look, and nothing else. */
function hashAt(text: string, at: number): number {
  let hash = 0;
  for (let unit = at; unit < at + PIECE; unit++) hash = (Math.imul(hash, 31) + text.charCodeAt(unit)) | 0;
  return hash;
}
