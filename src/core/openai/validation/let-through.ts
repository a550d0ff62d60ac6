/** Of one request, so many notes are kept at most. */
const MAX_NOTES = 16;
/** Characters of a pointer at most: the names in it are the client's. */
const MAX_POINTER = 120;

/** What a request was not refused for, though OpenAI would have: each note is a JSON pointer and what is wrong there. */
export class LetThrough {
  readonly #notes = new Set<string>();
  #more = 0;

  /** `/messages/0/foo unknown parameter`. */
  note(way: readonly (string | number)[], wrong: string): void {
    if (this.#notes.size === MAX_NOTES) {
      this.#more += 1;
      return;
    }
    const pointer = way.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    const shown = pointer.length > MAX_POINTER ? `${pointer.slice(0, MAX_POINTER - 1)}…` : pointer;
    this.#notes.add(`${shown} ${wrong}`.trim().replaceAll('\n', ' '));
  }

  /** Takes over what another has noted. */
  add(other: LetThrough): void {
    for (const note of other.#notes) {
      if (this.#notes.size < MAX_NOTES) this.#notes.add(note);
      else this.#more += 1;
    }
    this.#more += other.#more;
  }

  /** In the order in which they were found; what went beyond the bound is told as a number. */
  get notes(): readonly string[] {
    const notes = [...this.#notes];
    return this.#more === 0 ? notes : [...notes, `and ${this.#more} more`];
  }
}

/** What is wrong with a field that OpenAI does not know. */
export const UNKNOWN = 'unknown parameter';
