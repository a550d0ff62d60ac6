/**
 * A printed JSON text with holes in it. What the printer makes of a value is found once; to fill in what differs from
 * answer to answer costs a fraction of printing it anew.
 */
export class PrintedTemplate {
  #pieces: readonly string[];

  /** A text in which `hole(0)`, `hole(1)`, … stand as string values, in that order. Throws a RangeError when one is missing. */
  constructor(text: string, holes: number) {
    const pieces: string[] = [];
    let rest = text;
    for (let index = 0; index < holes; index++) {
      const mark = JSON.stringify(hole(index));
      const at = rest.indexOf(mark);
      if (at < 0) throw new RangeError(`hole ${index} is not in the text`);
      pieces.push(rest.slice(0, at));
      rest = rest.slice(at + mark.length);
    }
    this.#pieces = [...pieces, rest];
  }

  /** The same with JSON in the holes from there on: a template with as many holes as are left. */
  bind(from: number, values: readonly string[]): PrintedTemplate {
    const bound = new PrintedTemplate('', 0);
    let end = this.#pieces[from] ?? '';
    for (let index = 0; index < values.length; index++) end += (values[index] ?? '') + (this.#pieces[from + index + 1] ?? '');
    bound.#pieces = [...this.#pieces.slice(0, from), end];
    return bound;
  }

  /** The text with JSON in its holes. */
  fill(values: readonly string[]): string {
    const pieces = this.#pieces;
    let text = pieces[0] ?? '';
    for (let index = 0; index < values.length; index++) text += (values[index] ?? '') + (pieces[index + 1] ?? '');
    return text;
  }
}

/** What stands where something is to be filled in. No text of a model contains it, for no JSON that is sent does. */
export function hole<T = string>(index: number): T {
  return `\u0000${index}\u0000` as T;
}
