/** A text in the pieces in which it is streamed: one piece a token. */
export interface TokenText {
  readonly text: string;
  readonly tokens: number;
  /** The pieces, anew for each caller. Some may be empty: tokens that end inside of a character. */
  pieces(): Iterable<string>;
}

/** A text whose pieces are already known. */
export function tokenText(pieces: readonly string[]): TokenText {
  return { text: pieces.join(''), tokens: pieces.length, pieces: () => pieces };
}

/** A text whose pieces are found while they are needed: nothing but the text is kept. */
export function lazyTokenText(text: string, split: (text: string) => Iterable<string>): TokenText {
  return { text, tokens: count(split(text)), pieces: () => split(text) };
}

/** Several texts as one, put together when it is asked for as a whole: a stream never is. */
export function concatenated(texts: readonly TokenText[]): TokenText {
  return new Concatenation(texts);
}

class Concatenation implements TokenText {
  readonly tokens: number;
  readonly #texts: readonly TokenText[];

  constructor(texts: readonly TokenText[]) {
    this.#texts = texts;
    let tokens = 0;
    for (const text of texts) tokens += text.tokens;
    this.tokens = tokens;
  }

  get text(): string {
    let whole = '';
    for (const { text } of this.#texts) whole += text;
    return whole;
  }

  *pieces(): Iterable<string> {
    for (const text of this.#texts) yield* text.pieces();
  }
}

/** The first tokens of a text. */
export function firstTokens(whole: TokenText, tokens: number): TokenText {
  return whole.tokens <= tokens ? whole : new Beginning(whole, tokens);
}

class Beginning implements TokenText {
  readonly tokens: number;
  readonly #whole: TokenText;

  constructor(whole: TokenText, tokens: number) {
    this.#whole = whole;
    this.tokens = tokens;
  }

  get text(): string {
    return [...this.pieces()].join('');
  }

  pieces(): Iterable<string> {
    return take(this.#whole.pieces(), this.tokens);
  }
}

/** The first characters of a text, in UTF-16 units; the last piece may be cut. */
export function firstCharacters(whole: TokenText, length: number): TokenText {
  const { text } = whole;
  if (text.length <= length) return whole;
  const pieces = () => takeCharacters(whole.pieces(), length);
  return { text: text.slice(0, length), tokens: count(pieces()), pieces };
}

/** The text before the first of the stop sequences. */
export function untilStop(text: TokenText, stop: readonly string[]): TokenText {
  if (stop.length === 0) return text;
  const whole = text.text;
  const ends = stop.map((sequence) => whole.indexOf(sequence)).filter((at) => at >= 0);
  return ends.length === 0 ? text : firstCharacters(text, Math.min(...ends));
}

function count(pieces: Iterable<string>): number {
  let total = 0;
  for (const _ of pieces) total += 1;
  return total;
}

function* take(pieces: Iterable<string>, number: number): Iterable<string> {
  let left = number;
  if (left <= 0) return;
  for (const piece of pieces) {
    yield piece;
    left -= 1;
    if (left === 0) return;
  }
}

function* takeCharacters(pieces: Iterable<string>, length: number): Iterable<string> {
  let left = length;
  for (const piece of pieces) {
    if (left <= 0) return;
    yield piece.slice(0, left);
    left -= piece.length;
  }
}
