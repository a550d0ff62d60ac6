import type { Recorded, RecordedMessage } from '../core/journal/recorded.ts';
import type { ApiRequest } from '../core/openai/request/request.ts';
import { HIDDEN, isSecretField, withoutCredentials } from '../core/text/hide-credentials.ts';
import type { Effect, Head, Reply } from '../core/wire/effect.ts';
import type { Incoming } from './incoming.ts';

/** How much is recorded. */
export interface RecordSettings {
  /** Bytes of a body; undefined where bodies are not recorded. */
  readonly bodies?: number | undefined;
  readonly headers: boolean;
}

/** Looked at beyond what is kept, so that no credential is cut in two and not known for one. Bytes. */
const BEYOND = 8 * 1024;

/** A request as it is kept. */
export function recordedRequest(
  { headers, body }: Incoming,
  { key, query }: ApiRequest,
  { bodies, headers: keepsHeaders }: RecordSettings,
): Recorded['request'] {
  return {
    query: query === undefined ? null : recordedQuery(query, key),
    headers: keepsHeaders ? recordedHeaders(Object.entries(headers), key) : null,
    ...(bodies === undefined ? { body: null, bodyCut: false } : recordedBody(body, bodies, { key })),
  };
}

/** The beginning of a body as it is kept, without credentials. `key`: that of the request. */
function recordedBody(
  bytes: Uint8Array,
  limit: number,
  { key, isCut = false }: { readonly key: string | undefined; readonly isCut?: boolean },
): Pick<RecordedMessage, 'body' | 'bodyCut'> {
  const isPart = isCut || bytes.byteLength > limit + BEYOND;
  let text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, limit + BEYOND)).toString();
  // A credential at the end may be the beginning of one.
  if (isPart) text = withoutLastWord(text);
  const shown = Buffer.from(withoutCredentials(text, key));
  const body =
    shown.byteLength > limit
      ? shown
          .subarray(0, limit)
          .toString()
          .replace(/\ufffd$/, '')
      : shown.toString();
  return { body, bodyCut: bytes.byteLength > limit || isCut };
}

/** A credential is not longer, in characters. */
const LONGEST_WORD = 4_096;
const ENDS_WORD = /[\s"',]/;

/** Looked for from the end: a pattern that ends there is tried from each place of the text. */
function withoutLastWord(text: string): string {
  const least = Math.max(0, text.length - LONGEST_WORD);
  let end = text.length;
  while (end > least && !ENDS_WORD.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** Header fields as they are kept, without credentials. */
function recordedHeaders(
  fields: Iterable<readonly [string, string | undefined]>,
  key: string | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of fields) {
    if (value === undefined) continue;
    const lower = name.toLowerCase();
    const shown = isSecretField(lower) ? HIDDEN : withoutCredentials(value, key);
    headers[lower] = headers[lower] === undefined ? shown : `${headers[lower]}, ${shown}`;
  }
  return headers;
}

/** What stands behind `?`, without credentials. */
function recordedQuery(query: string, key: string | undefined): string {
  const parts = query.split('&').map((part) => {
    const [name = ''] = part.split('=', 1);
    return part.includes('=') && isSecretField(decoded(name)) ? `${name}=${HIDDEN}` : part;
  });
  return withoutCredentials(parts.join('&'), key);
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Listens to an answer and keeps the beginning of it. */
export class AnswerRecorder {
  readonly #settings: RecordSettings;
  readonly #key: string | undefined;
  #head: Head | undefined;
  readonly #parts: Buffer[] = [];
  #kept = 0;
  #bytes = 0;

  constructor(settings: RecordSettings, key: string | undefined) {
    this.#settings = settings;
    this.#key = key;
  }

  /** The reply as it is. */
  *heard(reply: Reply): Iterable<Effect> {
    for (const effect of reply) {
      if (effect.type === 'head') this.#head = effect;
      else if (effect.type === 'write' && this.#settings.bodies !== undefined)
        this.#keep(effect.data, this.#settings.bodies + BEYOND);
      yield effect;
    }
  }

  /** What went out. `sent`: bytes of the body, where the answer broke off and is not in a coding. Undefined where no head was sent. */
  message(sent: number | undefined): RecordedMessage | undefined {
    const { bodies, headers } = this.#settings;
    if (this.#head === undefined) return undefined;
    const fields = headers ? recordedHeaders(this.#head.headers, this.#key) : null;
    if (bodies === undefined) return { headers: fields, body: null, bodyCut: false };
    const all = Buffer.concat(this.#parts);
    const left = this.#head.coding === undefined && sent !== undefined && sent < this.#bytes ? all.subarray(0, sent) : all;
    return {
      headers: fields,
      ...recordedBody(left, bodies, { key: this.#key, isCut: left.length === all.length && this.#bytes > this.#kept }),
    };
  }

  #keep(data: string | Uint8Array, most: number): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    this.#bytes += bytes.byteLength;
    if (this.#kept >= most) return;
    // A copy: what it is a part of may be used again.
    const part = Buffer.from(bytes.subarray(0, most - this.#kept));
    this.#kept += part.byteLength;
    this.#parts.push(part);
  }
}
