import type { Libraries } from '../libraries.ts';
import type { LimitNumbers, LimitSpec, NumbersChange } from '../limits/limit-spec.ts';
import { familyOf } from '../openai/models/model-family.ts';
import type { ApiRequest } from '../openai/request/request.ts';
import type { LimitChange, LimitsSpec } from '../scenario/limit-schema.ts';
import { compilePattern, type Matcher } from '../text/pattern.ts';

/** One entry of `limits`, ready to be asked. */
export interface PlannedLimit {
  /** The pattern of the model, as written. */
  readonly pattern: string;
  readonly matches: Matcher;
  /** The pattern of the key, as written; undefined where any key is meant. */
  readonly keyPattern: string | undefined;
  readonly matchesKey: Matcher | undefined;
  readonly spec: LimitSpec;
  /** What it becomes, the first change first. */
  readonly changes: readonly NumbersChange[];
}

/** The limits of a scenario: those by key, then those by model, in the order of the file. Throws an Error for a pattern that parsing would have refused. */
export function compileLimits({ models, keys, changes }: LimitsSpec, libraries: Libraries): PlannedLimit[] {
  const planned = (keyPattern: string | undefined, entries: Readonly<Record<string, LimitSpec>>) =>
    Object.entries(entries).map(([pattern, spec]): PlannedLimit => {
      const matchesKey = keyPattern === undefined ? undefined : compilePattern(keyPattern, libraries);
      return { pattern, matches: compilePattern(pattern, libraries), keyPattern, matchesKey, spec, changes: [] };
    });
  const entries = [...Object.entries(keys).flatMap(([key, own]) => planned(key, own)), ...planned(undefined, models)];
  return changes.reduce<PlannedLimit[]>((limits, { atMs, ...change }) => changedLimits(limits, change, atMs), entries);
}

/** The limits with what some become from that moment on, on the clock of the session. Later changes go before. */
export function changedLimits(limits: readonly PlannedLimit[], change: LimitChange, atMs: number): PlannedLimit[] {
  return limits.map((limit) => {
    const numbers = numbersFor(limit, change);
    if (numbers === undefined) return limit;
    const kept = limit.changes.filter((each) => each.atMs <= atMs);
    const later = limit.changes.filter((each) => each.atMs > atMs);
    return { ...limit, changes: [...kept, { atMs, numbers }, ...later] };
  });
}

/** Names of what a change speaks of and the limits do not have: `gpt-4o`, `keys.sk-*.gpt-4o`. */
export function unknownInChange(limits: readonly PlannedLimit[], { models, keys }: LimitChange): string[] {
  const known = new Set(limits.map(({ pattern, keyPattern }) => nameOf(keyPattern, pattern)));
  const named = [
    ...Object.keys(models).map((pattern) => nameOf(undefined, pattern)),
    ...Object.entries(keys).flatMap(([key, own]) => Object.keys(own).map((pattern) => nameOf(key, pattern))),
  ];
  return named.filter((name) => !known.has(name));
}

function nameOf(key: string | undefined, pattern: string): string {
  return key === undefined ? pattern : `keys.${key}.${pattern}`;
}

function numbersFor({ pattern, keyPattern }: PlannedLimit, { models, keys }: LimitChange): LimitNumbers | undefined {
  return keyPattern === undefined ? ownValue(models, pattern) : ownValue(ownValue(keys, keyPattern) ?? {}, pattern);
}

function ownValue<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/**
 * The first entry that speaks of the key and the model, and what the model shares it with. An entry for an alias speaks of its
 * snapshots too.
 */
export function limitFor(
  limits: readonly PlannedLimit[],
  { endpoint, key = '' }: ApiRequest,
  model: string,
): { readonly limit: PlannedLimit; readonly entry: number; readonly family: string } | undefined {
  if (limits.length === 0 || endpoint?.limited !== true) return undefined;
  const family = familyOf(model);
  const entry = limits.findIndex(
    ({ matches, matchesKey }) => (matchesKey === undefined || matchesKey(key)) && (matches(model) || matches(family)),
  );
  const limit = limits[entry];
  return limit && { limit, entry, family };
}
