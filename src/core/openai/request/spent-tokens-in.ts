import { asRecord } from './request.ts';
import type { SpentTokens } from './spent-tokens.ts';

/** What the body of an answer says that it cost, in the words of any API; nothing where it says nothing. */
export function spentTokensIn(body: unknown): SpentTokens {
  const usage = asRecord(asRecord(body)?.['usage']) ?? {};
  const input = count(usage['input_tokens'] ?? usage['prompt_tokens']);
  const output = count(usage['output_tokens'] ?? usage['completion_tokens']);
  return { input, output, total: count(usage['total_tokens'] ?? input + output) };
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
