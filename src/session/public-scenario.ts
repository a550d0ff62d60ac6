import { hideKey } from '../core/openai/request/hide-key.ts';
import { asList, asRecord } from '../core/openai/request/request.ts';
import type { LoadedScenario } from '../scenario-files/load-scenario.ts';

/** The scenario as it may be shown: as written, with the seed it runs under and without whole API keys. */
export function publicScenario({ raw, plan }: LoadedScenario, seed: number): Record<string, unknown> {
  const written = asRecord(raw) ?? {};
  const keys = asList(asRecord(written['auth'])?.['keys']);
  const auth = keys.length === 0 ? {} : { auth: { keys: keys.map((key) => hideKey(String(key))) } };
  return asRecord(hideKeyPatterns({ ...written, name: plan.name, seed, ...auth })) ?? {};
}

/** `match: { key }` may be a whole key; a pattern with wildcards is none. */
function hideKeyPatterns(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideKeyPatterns);
  const fields = asRecord(value);
  if (fields === undefined) return value;
  const { match } = fields;
  const key = asRecord(match)?.['key'];
  const shown = typeof key === 'string' && isWhole(key) ? { match: { ...asRecord(match), key: hideKey(key) } } : {};
  return Object.fromEntries(
    Object.entries({ ...fields, ...shown }).map(([name, item]) => [name, name === 'match' ? item : hideKeyPatterns(item)]),
  );
}

function isWhole(pattern: string): boolean {
  return !/[*?]/.test(pattern) && !pattern.startsWith('/');
}
