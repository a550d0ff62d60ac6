/** Where a text of JSON stands that comes in pieces: how deep, and whether in a string. */
export class JsonPlace {
  depth = 0;
  #isString = false;
  #isEscaped = false;

  /** Goes on by a character. True where it is one of the structure: a bracket, a comma or a colon. */
  next(code: number): boolean {
    if (this.#isString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (code === BACKSLASH) this.#isEscaped = true;
      else if (code === QUOTE) this.#isString = false;
      return false;
    }
    if (code === QUOTE) {
      this.#isString = true;
      return false;
    }
    if (code === OPEN_OBJECT || code === OPEN_LIST) this.depth += 1;
    else if (code === CLOSE_OBJECT || code === CLOSE_LIST) this.depth -= 1;
    else return code === COMMA || code === COLON;
    return true;
  }

  get isInString(): boolean {
    return this.#isString;
  }
}

const codeOf = (sign: string) => sign.charCodeAt(0);
const QUOTE = codeOf('"');
const BACKSLASH = codeOf('\\');
export const COMMA = codeOf(',');
export const COLON = codeOf(':');
export const OPEN_OBJECT = codeOf('{');
export const CLOSE_OBJECT = codeOf('}');
export const OPEN_LIST = codeOf('[');
export const CLOSE_LIST = codeOf(']');
