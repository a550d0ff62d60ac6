import { questionHash } from '../core/openai/request/question-hash.ts';
import type { RequestEndpoint } from '../core/openai/request/request.ts';
import { keptJson } from './kept-json.ts';

/** What a request to that endpoint with that body asks: see `questionHash`. Undefined for a body that is not JSON, or too long. */
export function questionIn(body: Uint8Array, endpoint: RequestEndpoint | undefined): string | undefined {
  if (endpoint?.prompt === undefined) return undefined;
  const json = keptJson(body);
  return json && questionHash(endpoint, json.value);
}
