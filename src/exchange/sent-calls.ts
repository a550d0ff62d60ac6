import { asRecord, type Fields } from '../core/openai/request/request.ts';
import type { AnswerEditor } from '../core/openai/wire/answer-editor.ts';
import type { Effect, Reply } from '../core/wire/effect.ts';

/** Of an answer so much is looked at, in UTF-16 units. */
const MAX_LENGTH = 256 * 1_024;
const MAX_IDS = 16;

/** Listens to an answer that a fault changes, for calls of functions that are broken in it. */
export class SentCalls {
  readonly #callsIn: NonNullable<AnswerEditor['callsIn']>;
  #text = '';

  constructor(callsIn: NonNullable<AnswerEditor['callsIn']>) {
    this.#callsIn = callsIn;
  }

  /** The reply as it is. */
  *heard(reply: Reply): Iterable<Effect> {
    for (const effect of reply) {
      if (effect.type === 'write' && this.#text.length < MAX_LENGTH) {
        this.#text += typeof effect.data === 'string' ? effect.data : Buffer.from(effect.data).toString('latin1');
      }
      yield effect;
    }
  }

  /** Ids of the calls whose arguments, as they were sent, are not JSON, with spaces between them; undefined where there are none. */
  get broken(): string | undefined {
    const events = [...this.#text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data);
    const parts = (events.length > 0 ? events : [this.#text]).map(parsed).filter((part) => part !== undefined);
    const broken = this.#callsIn(parts).filter((call) => call.arguments !== '' && !isJson(call.arguments));
    const ids = [...new Set(broken.map(({ id }) => id))].slice(0, MAX_IDS);
    return ids.length === 0 ? undefined : ids.join(' ');
  }
}

function parsed(text: string): Fields | undefined {
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
