import { maskKey } from '../core/openai/errors.ts';
import { asList, asRecord } from '../core/openai/request.ts';
import type { LoadedScenario } from './load-scenario.ts';

/** The scenario as it may be shown: as written, with the seed it runs under and without whole API keys. */
export function publicScenario({ raw, plan }: LoadedScenario, seed: number): Record<string, unknown> {
  const written = asRecord(raw) ?? {};
  const keys = asList(asRecord(written['auth'])?.['keys']);
  const auth = keys.length === 0 ? {} : { auth: { keys: keys.map((key) => hideKey(String(key))) } };
  return { ...written, name: plan.name, seed, ...auth };
}

/** Short keys, which OpenAI prints whole, are hidden too. */
function hideKey(key: string): string {
  return key.length > 12 ? maskKey(key) : '*'.repeat(key.length);
}
