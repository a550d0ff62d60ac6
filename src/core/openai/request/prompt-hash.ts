import type { ApiRequest } from './request.ts';
import { fieldsOf } from './request.ts';
import { addCode, addText, beginHash, endHash } from './text-hash.ts';

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

/**
 * The same for requests that ask for the same, whether streamed or not: what the text of an answer is drawn by. A walk
 * over the parsed body costs less than writing it out again, and next to nothing of what is long.
 */
export function promptHash(request: ApiRequest): string {
  beginHash();
  addText(request.path, MAX_TEXT_LENGTH);
  const fields = fieldsOf(request);
  for (const name in fields) {
    if (OF_TRANSPORT.has(name)) continue;
    addText(name, MAX_TEXT_LENGTH);
    addValue(fields[name], 0);
  }
  return endHash().join(' ');
}

function addValue(value: unknown, depth: number): void {
  if (typeof value === 'string') {
    addCode(1);
    addText(value, MAX_TEXT_LENGTH);
  } else if (typeof value === 'number') {
    addCode(2);
    addCode(value | 0);
    addCode((value * 2 ** 32) | 0);
  } else if (typeof value !== 'object' || value === null) {
    addCode(3);
    addText(String(value), MAX_TEXT_LENGTH);
  } else if (depth === MAX_DEPTH) {
    addCode(4);
  } else if (Array.isArray(value)) {
    addCode(5);
    addCode(value.length);
    for (const each of value) addValue(each, depth + 1);
  } else {
    addCode(6);
    for (const name in value) {
      addText(name, MAX_TEXT_LENGTH);
      addValue((value as Record<string, unknown>)[name], depth + 1);
    }
    addCode(7);
  }
}
