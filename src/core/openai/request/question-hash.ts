import { asRecord, type RequestEndpoint } from './request.ts';
import { addSampled, beginHash, endHash } from './text-hash.ts';

/** So much is hashed whole, in UTF-16 units. Of each text beyond it, samples: all of it would cost as much as to parse it. */
const WHOLE = 2 ** 20;
const SAMPLES = 8_192;

/**
 * What a request to that endpoint with that body asks, as 16 hexadecimal digits: equal for the same question to another model,
 * with another key, of another service, or through another API that writes text. Undefined for a request that asks nothing.
 */
export function questionHash(endpoint: RequestEndpoint | undefined, body: unknown): string | undefined {
  if (endpoint?.prompt === undefined) return undefined;
  beginHash();
  // Text that is to be continued or answered is another question than text that is to be embedded.
  addSampled(endpoint.stream === undefined ? endpoint.name : '', SAMPLES);
  let parts = 0;
  let left = WHOLE;
  for (const part of endpoint.prompt.question(asRecord(body) ?? {})) {
    addSampled(part, Math.max(SAMPLES, left));
    left -= part.length;
    parts += 1;
  }
  const [low, high] = endHash();
  return parts === 0 ? undefined : low.toString(16).padStart(8, '0') + high.toString(16).padStart(8, '0');
}
