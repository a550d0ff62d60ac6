import { utf8Text } from '../../../text/utf8.ts';
import type { Write } from '../../../wire/effect.ts';
import { joined } from '../../../wire/joined.ts';
import type { StreamError, StreamFollower, StreamGrammar } from '../../wire/stream-grammar.ts';
import { interruptedEvents } from './interrupted-stream.ts';

/** How a service reports an error within a stream. */
export interface Interruption {
  /** Of the next event. */
  readonly number: number;
  /** `response.failed` as the event with that number; none where the response has not begun. */
  failed(error: { readonly code: string; readonly message: string } | null, number: number): readonly Write[];
}

/** Streams of named events that end with a response that is completed, incomplete or failed (wire-responses.md 3). */
export function createResponseGrammar(
  report: (error: StreamError, interruption: Interruption) => readonly Write[],
): StreamGrammar {
  return {
    completion: 'completion',
    needsCompletion: true,
    features: ['failure', 'incompletion', 'keepalive'],
    usageEvent: () => 'completion',
    sentinel: undefined,
    follow: () => new ResponseFollower(report),
  };
}

/** First the error, then the response that failed of it: so it was captured (wire-responses.md 3.3). */
export const responseGrammar: StreamGrammar = createResponseGrammar(({ message, type, param, code }, { number, failed }) => {
  const error = JSON.stringify({ type: 'error', error: { type, code, message, param }, sequence_number: number });
  return [namedError('error', error), ...failed({ code: String(code ?? type ?? 'server_error'), message }, number + 1)];
});

/** Knows what a stream needs to go on: what was sent, the response as it was when it began, and the number of the last event. */
class ResponseFollower implements StreamFollower {
  readonly #sent: string[] = [];
  #begun: string | undefined;
  #number = -1;
  /** Of the event that is on its way. */
  #pieces: Write[] = [];
  readonly #report: Parameters<typeof createResponseGrammar>[0];

  constructor(report: Parameters<typeof createResponseGrammar>[0]) {
    this.#report = report;
  }

  note(write: Write): void {
    this.#pieces.push(write);
    if (write.partOf !== undefined) return;
    const text = textOf(this.#pieces);
    this.#pieces = [];
    this.#sent.push(text);
    if (write.event === 'opening') this.#begun ??= responseIn(text);
    this.#number = numberIn(text) ?? this.#number;
  }

  error(error: StreamError): readonly Write[] {
    return this.#report(error, { number: this.#number + 1, failed: (reason, number) => this.#failed(reason, number) });
  }

  failure(error: { readonly code: string; readonly message: string }): readonly Write[] {
    return this.#failed(error, this.#number + 1);
  }

  incompletion(reason: string, completion: Write | undefined): readonly Write[] {
    const finished = completion && responseIn(textOf([completion]));
    if (finished === undefined) return [];
    return interruptedEvents(this.#sent, { finished, reason, number: this.#number + 1 });
  }

  keepalive(): Write {
    const data = `{"type":"keepalive"${NUMBER}${this.#number + 1}}`;
    return { type: 'write', data: `event: keepalive\ndata: ${data}\n\n`, event: 'progress' };
  }

  /** Bytes of a part of an event are left as they are: the number may be in another. */
  postponed(write: Write, events: number): Write {
    if (events === 0 || write.partOf !== undefined) return write;
    const text = textOf([write]);
    const number = numberIn(text);
    if (number === undefined) return write;
    const end = text.lastIndexOf(NUMBER) + NUMBER.length;
    return { ...write, data: text.slice(0, end) + text.slice(end).replace(String(number), String(number + events)) };
  }

  #failed(error: { readonly code: string; readonly message: string } | null, number: number): readonly Write[] {
    if (this.#begun === undefined) return [];
    const type = 'response.failed';
    const response = failedOf(this.#begun, JSON.stringify(error && { code: error.code, message: error.message }));
    return [namedError(type, `{"type":"${type}",${RESPONSE}${response}${NUMBER}${number}}`)];
  }
}

function textOf(pieces: readonly Write[]): string {
  const [piece, ...others] = pieces;
  if (typeof piece?.data === 'string' && others.length === 0) return piece.data;
  return utf8Text(joined(pieces));
}

const RESPONSE = '"response":';
const NUMBER = ',"sequence_number":';

/** The JSON of the response in an event about it. */
function responseIn(event: string): string | undefined {
  const start = event.indexOf(RESPONSE);
  const end = event.lastIndexOf(NUMBER);
  return start < 0 || end < start ? undefined : event.slice(start + RESPONSE.length, end);
}

/** Within a JSON text the quotes would be escaped. */
function numberIn(event: string): number | undefined {
  const start = event.lastIndexOf(NUMBER);
  return start < 0 ? undefined : Number.parseInt(event.slice(start + NUMBER.length), 10);
}

/** What a request can write into these texts comes behind the first of each. Floats stay as they were printed. */
function failedOf(begun: string, error: string): string {
  return begun.replace('"status":"in_progress"', '"status":"failed"').replace('"error":null', () => `"error":${error}`);
}

/** An event that ends a stream. */
export function namedError(name: string, data: string): Write {
  return { type: 'write', data: `event: ${name}\ndata: ${data}\n\n`, event: 'error' };
}
