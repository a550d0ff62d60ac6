import { parseObject } from '../../request/parse-object.ts';
import type { Fields } from '../../request/request.ts';
import { CLOSE_LIST, CLOSE_OBJECT, COLON, COMMA, JsonPlace, OPEN_LIST, OPEN_OBJECT } from './json-text.ts';

/** Writes a body in another way, as it comes: answers may have tens of megabytes. */
export interface BodyRewriter {
  /** What can be written now that this has come. */
  push(text: string): Iterable<string>;
  /** What is left to write. */
  end(): string;
}

/** A short body, as a whole. */
export function wholeBody(print: (body: Fields) => string): BodyRewriter {
  let text = '';
  return {
    push(piece) {
      text += piece;
      return [];
    },
    end() {
      const body = parseObject(text);
      return body === undefined ? text : print(body);
    },
  };
}

/** How choices are written, and what stands around them. */
export interface ChoicePrinter {
  choice(choice: Fields): string;
  /** All but the choices. It begins with a brace. */
  rest(body: Fields): string;
}

/** An answer with `choices`: they come first, one by one. */
export function choiceByChoice({ choice, rest }: ChoicePrinter): BodyRewriter {
  const splitter = new ChoiceSplitter();
  let opening = '{"choices":[';
  return {
    *push(piece) {
      for (const item of splitter.push(piece)) {
        const fields = parseObject(item);
        yield `${opening}${fields === undefined ? item : choice(fields)}`;
        opening = ',';
      }
    },
    end() {
      const { choices: _choices, ...fields } = parseObject(splitter.rest) ?? {};
      return `${opening === ',' ? '' : opening}],${rest(fields).slice(1)}`;
    },
  };
}

const CHOICES = /"choices": ?$/;
const NO_CHOICES = /("choices": ?)\[[\s,]*\]/;

/** Takes the items of `choices` out of an object. */
class ChoiceSplitter {
  readonly #place = new JsonPlace();
  #around = '';
  #item = '';
  #isInChoices = false;
  #isInItem = false;

  *push(text: string): Iterable<string> {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (!this.#place.next(code) || this.#place.depth > MAX_DEPTH) continue;
      if (this.#beginsItem(code)) {
        this.#around += text.slice(from, at);
        from = at;
      } else if (this.#endsItem(code)) {
        yield this.#item + text.slice(from, at + 1);
        this.#item = '';
        from = at + 1;
      } else if (code === OPEN_LIST && this.#place.depth === LIST_DEPTH && !this.#isInItem) {
        this.#isInChoices = CHOICES.test((this.#around + text.slice(from, at)).slice(-CHOICES_LENGTH));
      }
    }
    if (this.#isInItem) this.#item += text.slice(from);
    else this.#around += text.slice(from);
  }

  #beginsItem(code: number): boolean {
    if (!this.#isInChoices || this.#isInItem || code !== OPEN_OBJECT) return false;
    this.#isInItem = true;
    return true;
  }

  #endsItem(code: number): boolean {
    if (code === CLOSE_LIST && this.#place.depth < LIST_DEPTH) this.#isInChoices = false;
    if (!this.#isInItem || code !== CLOSE_OBJECT || this.#place.depth !== LIST_DEPTH) return false;
    this.#isInItem = false;
    return true;
  }

  /** The object with no choices. */
  get rest(): string {
    return this.#around.replace(NO_CHOICES, '$1[]');
  }
}

/** In an object, in its list. */
const LIST_DEPTH = 2;
const MAX_DEPTH = LIST_DEPTH + 1;
const CHOICES_LENGTH = '"choices": '.length;

const INDENT = '  ';
const BLANK = ' '.charCodeAt(0);

/** On several lines, as `JSON.stringify(body, null, 2)` writes it, with a newline at the end. */
export function onSeveralLines(): BodyRewriter {
  const printer = new LinePrinter();
  return { push: (text) => [[...printer.push(text)].join('')], end: () => '\n' };
}

class LinePrinter {
  readonly #place = new JsonPlace();
  /** A bracket was opened, and nothing stands in it yet. */
  #isOpen = false;

  *push(text: string): Iterable<string> {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      const isBlank = code <= BLANK && !this.#place.isInString;
      const isSign = this.#place.next(code);
      if (!isSign && !isBlank && !this.#isOpen) continue;
      if (at > from) yield text.slice(from, at);
      from = isSign || isBlank ? at + 1 : at;
      if (isSign) yield this.#sign(code);
      else if (!isBlank) yield this.#first();
    }
    if (from < text.length) yield text.slice(from);
  }

  /** Before the first value of a list. */
  #first(): string {
    this.#isOpen = false;
    return lineAt(this.#place.depth);
  }

  #sign(code: number): string {
    const { depth } = this.#place;
    const wasOpen = this.#isOpen;
    this.#isOpen = code === OPEN_OBJECT || code === OPEN_LIST;
    const sign = String.fromCharCode(code);
    if (code === COLON) return ': ';
    if (code === COMMA) return `,${lineAt(depth)}`;
    if (this.#isOpen) return wasOpen ? lineAt(depth - 1) + sign : sign;
    return wasOpen ? sign : lineAt(depth) + sign;
  }
}

function lineAt(depth: number): string {
  return `\n${INDENT.repeat(depth)}`;
}
