import { precountTokens } from '../openai/rate-limits/rate-limit-headers.ts';
import { type ApiRequest, fieldsOf } from '../openai/request/request.ts';
import type { Cost } from './buckets.ts';
import type { Precount } from './limit-spec.ts';

/**
 * What a request draws before the model runs: itself, and its tokens (wire.md 2.5).
 * - `2025`: a count from the characters of the contents, as observed; `max_tokens` does not count.
 * - `documented`: the greater of that count and `max_tokens`, as OpenAI's guide has it.
 */
export function requestCost(request: ApiRequest, precount: Precount): Cost {
  const counted = precountTokens(request);
  return { requests: 1, tokens: precount === 2025 ? counted : Math.max(counted, maxTokensOf(request)) };
}

function maxTokensOf(request: ApiRequest): number {
  const { max_tokens, max_completion_tokens } = fieldsOf(request);
  return Math.max(0, ...[max_tokens, max_completion_tokens].filter((value) => Number.isSafeInteger(value)).map(Number));
}
