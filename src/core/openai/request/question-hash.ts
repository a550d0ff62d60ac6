import { promptOf } from './prompt.ts';
import { type ApiRequest, fieldsOf } from './request.ts';
import { addText, beginHash, endHash } from './text-hash.ts';

/** Of a longer text its length, its beginning and its end are looked at. UTF-16 units. */
const MAX_TEXT_LENGTH = 2 ** 18;

/**
 * What a request asks, as 16 hexadecimal digits: equal for the same question to another model, with another key, of another
 * service, or through another API that writes text. Undefined for a request that asks nothing.
 */
export function questionHash(request: ApiRequest): string | undefined {
  const { endpoint } = request;
  if (endpoint?.prompt === undefined) return undefined;
  beginHash();
  // Text that is to be continued or answered is another question than text that is to be embedded.
  addText(endpoint.stream === undefined ? endpoint.name : '', MAX_TEXT_LENGTH);
  let parts = 0;
  for (const part of promptOf(request).question(fieldsOf(request))) {
    addText(part, MAX_TEXT_LENGTH);
    parts += 1;
  }
  const [low, high] = endHash();
  return parts === 0 ? undefined : low.toString(16).padStart(8, '0') + high.toString(16).padStart(8, '0');
}
