import { hole, PrintedTemplate } from '../../wire/printed-template.ts';
import type { ItemIds } from './output-item.ts';
import { printed, printedBody } from './response-json.ts';
import type { ResponseAnswer } from './response-object.ts';
import { begunResponse, finishedResponse, type ResponseIdentity } from './response-object.ts';
import type { ResponseObject } from './response-shape.ts';

type Begun = Pick<ResponseIdentity, 'id' | 'createdAt'>;

/** The texts of one answer: what the printer makes of it is found once, and ids and times are filled in. */
class ResponsePrint {
  readonly #answer: ResponseAnswer;
  readonly #body: (identity: ResponseIdentity) => string;
  readonly #begun: (identity: Begun) => string;
  readonly #finished: (identity: ResponseIdentity) => string;

  constructor(answer: ResponseAnswer) {
    this.#answer = answer;
    this.#body = lazily(() => this.#finishedPrinter(printedBody, true));
    this.#finished = lazily(() => this.#finishedPrinter(printed, false));
    this.#begun = lazily(() => this.#begunPrinter());
  }

  /** The finished response as a body in one piece. */
  body(identity: ResponseIdentity): string {
    return this.#body(identity);
  }

  /** The response before anything of its output is there, on one line. */
  begun(identity: Begun): string {
    return this.#begun(identity);
  }

  /** The finished response on one line. */
  finished(identity: ResponseIdentity): string {
    return this.#finished(identity);
  }

  #finishedPrinter(print: (response: ResponseObject) => string, billed: boolean): (identity: ResponseIdentity) => string {
    const answer = this.#answer;
    const holes = new Holes();
    const open = {
      id: holes.next(),
      createdAt: holes.next<number>(),
      completedAt: answer.incompleteReason === undefined ? holes.next<number>() : 0,
      items: answer.items.map(({ hasCallId, sealedLength }): ItemIds => {
        const id = holes.next();
        return {
          id,
          callId: hasCallId === true ? holes.next() : '',
          seal: sealedLength === undefined ? '' : holes.next(),
        };
      }),
    };
    const template = holes.templateOf(print(finishedResponse(answer, open, billed)));
    if (template === undefined) return (identity) => print(finishedResponse(answer, identity, billed));
    return (identity) => template.fill(valuesOf(answer, identity));
  }

  #begunPrinter(): (identity: Begun) => string {
    const { echo } = this.#answer;
    const holes = new Holes();
    const template = holes.templateOf(printed(begunResponse(echo, { id: holes.next(), createdAt: holes.next<number>() })));
    if (template === undefined) return (identity) => printed(begunResponse(echo, identity));
    return ({ id, createdAt }) => template.fill([`"${id}"`, String(createdAt)]);
  }
}

const prints = new WeakMap<ResponseAnswer, ResponsePrint>();

/** The texts of the answer. */
export function printOf(answer: ResponseAnswer): ResponsePrint {
  let print = prints.get(answer);
  if (print === undefined) prints.set(answer, (print = new ResponsePrint(answer)));
  return print;
}

function valuesOf({ incompleteReason }: ResponseAnswer, { id, createdAt, completedAt, items }: ResponseIdentity): string[] {
  const values = [`"${id}"`, String(createdAt)];
  if (incompleteReason === undefined) values.push(String(completedAt));
  for (const item of items) {
    for (const value of [item.id, item.callId, item.seal]) if (value !== '') values.push(`"${value}"`);
  }
  return values;
}

/** Numbers holes in the order in which they are printed. */
class Holes {
  #count = 0;

  next<T = string>(): T {
    return hole<T>(this.#count++);
  }

  /** Undefined where a text of the request looks like a hole. */
  templateOf(text: string): PrintedTemplate | undefined {
    return text.split(MARK).length - 1 === this.#count ? new PrintedTemplate(text, this.#count) : undefined;
  }
}

/** What each hole begins with, as it is printed. */
const MARK = '"\\u0000';

function lazily<Given, Made>(create: () => (given: Given) => Made): (given: Given) => Made {
  let made: ((given: Given) => Made) | undefined;
  return (given) => (made ??= create())(given);
}
