import type { ApiRequest } from './request.ts';
import { fieldsOf } from './request.ts';

/** Fields that say how an answer is sent, or what it follows, not what is asked: ids are others in each run. */
const OF_TRANSPORT: ReadonlySet<string> = new Set([
  'stream',
  'stream_options',
  'background',
  'previous_response_id',
  'conversation',
  'client_metadata',
]);

/** Of a longer text its length, its beginning and its end are looked at. UTF-16 units. */
const MAX_TEXT_LENGTH = 256;
/** Values inside of each other that are still looked at. */
const MAX_DEPTH = 100;

/** Two lanes of 32 bits (cyrb53, public domain), used up before anything else is hashed. */
let low = 0;
let high = 0;

/**
 * The same for requests that ask for the same, whether streamed or not: what the text of an answer is drawn by. A walk
 * over the parsed body costs less than writing it out again, and next to nothing of what is long.
 */
export function promptHash(request: ApiRequest): string {
  low = 0xdeadbeef | 0;
  high = 0x41c6ce57;
  addText(request.path);
  const fields = fieldsOf(request);
  for (const name in fields) {
    if (OF_TRANSPORT.has(name)) continue;
    addText(name);
    addValue(fields[name], 0);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return `${low >>> 0} ${high >>> 0}`;
}

function addValue(value: unknown, depth: number): void {
  if (typeof value === 'string') {
    add(1);
    addText(value);
  } else if (typeof value === 'number') {
    add(2);
    add(value | 0);
    add((value * 2 ** 32) | 0);
  } else if (typeof value !== 'object' || value === null) {
    add(3);
    addText(String(value));
  } else if (depth === MAX_DEPTH) {
    add(4);
  } else if (Array.isArray(value)) {
    add(5);
    add(value.length);
    for (const each of value) addValue(each, depth + 1);
  } else {
    add(6);
    for (const name in value) {
      addText(name);
      addValue((value as Record<string, unknown>)[name], depth + 1);
    }
    add(7);
  }
}

function addText(text: string): void {
  const { length } = text;
  add(length);
  if (length <= MAX_TEXT_LENGTH) {
    for (let i = 0; i < length; i++) add(text.charCodeAt(i));
    return;
  }
  for (let i = 0; i < MAX_TEXT_LENGTH / 2; i++) {
    add(text.charCodeAt(i));
    add(text.charCodeAt(length - 1 - i));
  }
}

function add(code: number): void {
  low = Math.imul(low ^ code, 2654435761);
  high = Math.imul(high ^ code, 1597334677);
}
