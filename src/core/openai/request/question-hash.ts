import { asRecord, type RequestEndpoint } from './request.ts';
import { addSampled, beginHash, endHash } from './text-hash.ts';

/** Of a longer text so many UTF-16 units are looked at: a hash of all of it would cost as much as to parse it. */
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
  for (const part of endpoint.prompt.question(asRecord(body) ?? {})) {
    addSampled(part, SAMPLES);
    parts += 1;
  }
  const [low, high] = endHash();
  return parts === 0 ? undefined : low.toString(16).padStart(8, '0') + high.toString(16).padStart(8, '0');
}
