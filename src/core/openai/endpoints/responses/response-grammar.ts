import { utf8Text } from '../../../text/utf8.ts';
import type { Write } from '../../../wire/effect.ts';
import { joined } from '../../../wire/joined.ts';
import type { StreamError, StreamFollower, StreamGrammar } from '../../wire/stream-grammar.ts';

/** Streams of named events that end with a response that is completed, incomplete or failed (wire-responses.md 3). */
export const responseGrammar: StreamGrammar = {
  completion: 'completion',
  sentinel: undefined,
  follow: () => new ResponseFollower(),
};

/** Knows what a stream needs to go on: its response as it was when it began, and the number of the last event. */
class ResponseFollower implements StreamFollower {
  #begun: string | undefined;
  #number = -1;
  /** Of the event that is on its way. */
  #pieces: Write[] = [];

  note(write: Write): void {
    this.#pieces.push(write);
    if (write.partOf !== undefined) return;
    const text = textOf(this.#pieces);
    this.#pieces = [];
    if (write.event === 'opening') this.#begun ??= responseIn(text);
    this.#number = numberIn(text) ?? this.#number;
  }

  /** First the error, then the response that failed of it: so it was captured (wire-responses.md 3.3). */
  error({ message, type, param, code }: StreamError): readonly Write[] {
    const number = this.#number + 1;
    const error = JSON.stringify({ type: 'error', error: { type, code, message, param }, sequence_number: number });
    const events = [named('error', error)];
    if (this.#begun === undefined) return events;
    const failure = JSON.stringify({ code: code ?? type ?? 'server_error', message });
    return [...events, named('response.failed', aboutResponse('response.failed', failedOf(this.#begun, failure), number + 1))];
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
function numberIn(events: string): number | undefined {
  const start = events.lastIndexOf(NUMBER);
  return start < 0 ? undefined : Number.parseInt(events.slice(start + NUMBER.length), 10);
}

/** What a request can write into these texts comes behind the first of each. Floats stay as they were printed. */
function failedOf(begun: string, error: string): string {
  return begun.replace('"status":"in_progress"', '"status":"failed"').replace('"error":null', () => `"error":${error}`);
}

function aboutResponse(type: string, response: string, number: number): string {
  return `{"type":"${type}",${RESPONSE}${response}${NUMBER}${number}}`;
}

function named(name: string, data: string): Write {
  return { type: 'write', data: `event: ${name}\ndata: ${data}\n\n`, event: 'error' };
}
