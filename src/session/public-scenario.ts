import { hideKey } from '../core/openai/request/hide-key.ts';
import { asList, asRecord } from '../core/openai/request/request.ts';
import type { LoadedScenario } from '../scenario-files/load-scenario.ts';

/** The scenario as it may be shown: as written, with the seed it runs under and without whole API keys. */
export function publicScenario({ raw, plan }: LoadedScenario, seed: number): Record<string, unknown> {
  const written = asRecord(raw) ?? {};
  const keys = asList(asRecord(written['auth'])?.['keys']);
  const auth = keys.length === 0 ? {} : { auth: { keys: keys.map((key) => hideKey(String(key))) } };
  const limits = asRecord(written['limits']);
  const hidden = limits === undefined ? {} : { limits: hideKeysOfLimits(limits) };
  return asRecord(hideKeyPatterns({ ...written, ...hidden, name: plan.name, seed, ...auth })) ?? {};
}

/** `keys` of limits may name whole keys. */
function hideKeysOfLimits({ keys, changes, ...models }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const shown = (given: unknown) =>
    Object.fromEntries(Object.entries(asRecord(given) ?? {}).map(([key, own]) => [isWhole(key) ? hideKey(key) : key, own]));
  return {
    ...models,
    ...(keys === undefined ? {} : { keys: shown(keys) }),
    ...(changes === undefined
      ? {}
      : {
          changes: asList(changes).map((each) => ({
            ...asRecord(each),
            ...(asRecord(each)?.['keys'] === undefined ? {} : { keys: shown(asRecord(each)?.['keys']) }),
          })),
        }),
  };
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
