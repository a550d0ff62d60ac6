import { parseObject } from '../core/openai/request/parse-object.ts';
import type { CallReader } from '../core/openai/wire/answer-editor.ts';
import type { Effect, Reply, Write } from '../core/wire/effect.ts';
import { EventDataReader } from '../core/wire/event-data.ts';

/** UTF-16 units of an answer in one piece, or of one event, that are kept at most. */
const MAX_LENGTH = 4 * 1024 * 1024;
const MAX_IDS = 16;

/** Listens to an answer that a fault changes, for calls of functions that are broken in it. */
export class SentCalls {
  readonly #calls: CallReader;
  readonly #events = new EventDataReader();
  /** The answer in one piece, or the event that is on its way. */
  #text = '';
  #isTooLong = false;

  constructor(calls: CallReader) {
    this.#calls = calls;
  }

  /** The reply as it is. */
  *heard(reply: Reply): Iterable<Effect> {
    for (const effect of reply) {
      if (effect.type === 'write' && !this.#isTooLong) this.#hear(effect);
      yield effect;
    }
  }

  /**
   * Ids of the calls whose arguments, as they were sent, are not JSON, with spaces between them; undefined where there are none, and
   * where the answer was too long to be kept.
   */
  get broken(): string | undefined {
    if (this.#isTooLong) return undefined;
    this.#readText();
    const broken = this.#calls.calls.filter((call) => call.arguments !== '' && !isJson(call.arguments));
    const ids = [...new Set(broken.map(({ id }) => id))].slice(0, MAX_IDS);
    return ids.length === 0 ? undefined : ids.join(' ');
  }

  #hear(write: Write): void {
    const { data, event, partOf, holds } = write;
    if (event === undefined && partOf === undefined && holds === undefined) {
      this.#keep(data);
      return;
    }
    for (const piece of this.#events.read(write)) {
      this.#keep(piece.data);
      if (piece.isLast) this.#readText();
    }
  }

  #keep(data: string | Uint8Array): void {
    this.#isTooLong ||= this.#text.length + data.length > MAX_LENGTH;
    this.#text = this.#isTooLong ? '' : this.#text + textOf(data);
  }

  #readText(): void {
    const part = this.#text.startsWith('{') ? parseObject(this.#text) : undefined;
    if (part !== undefined) this.#calls.read(part);
    this.#text = '';
  }
}

/** Bytes may end within a character. That JSON is good can be told of Latin-1, too. */
function textOf(data: string | Uint8Array): string {
  return typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
