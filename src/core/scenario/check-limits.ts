import type { Libraries } from '../libraries.ts';
import { asList, asRecord, type Fields } from '../openai/request/request.ts';
import { complaintAbout } from './complaint-about.ts';
import { deadLimits } from './dead-limits.ts';
import { type Path, type ScenarioFinding, scenarioFinding } from './finding.ts';
import { LIMIT_KEYS } from './limit-schema.ts';

/** What is wrong with `limits`, which stands at the path. */
export function checkLimits({ keys, changes, ...models }: Fields, libraries: Libraries, at: Path): ScenarioFinding[] {
  const byKey = asRecord(keys) ?? {};
  return [
    ...Object.entries(byKey).flatMap(([pattern, own]) => {
      const entries = asRecord(own) ?? {};
      const path = [...at, 'keys', pattern];
      const isEmpty = asRecord(own) !== undefined && Object.keys(entries).length === 0;
      return [
        ...complaints(pattern, 'key', libraries, path),
        ...(isEmpty ? [scenarioFinding(path, 'limits nothing: give it a model, such as "*": { rpm: 10 }')] : []),
        ...checkEntries(entries, libraries, path),
      ];
    }),
    ...checkEntries(models, libraries, at),
    ...asList(changes).flatMap((change, index) =>
      checkChange(asRecord(change) ?? {}, { models, byKey }, [...at, 'changes', index]),
    ),
  ];
}

function checkEntries(entries: Fields, libraries: Libraries, at: Path): ScenarioFinding[] {
  const isGood = (pattern: string) => complaintAbout(pattern, 'model', libraries) === undefined;
  const findings = Object.entries(entries).flatMap(([pattern, value]) => {
    const entry = asRecord(value);
    const empty = entry !== undefined && !LIMIT_KEYS.some((key) => key in entry);
    const path = [...at, pattern];
    return [
      ...complaints(pattern, 'model', libraries, path),
      ...(empty ? [scenarioFinding(path, `limits nothing: give one of ${LIMIT_KEYS.join(', ')}`)] : []),
    ];
  });
  const dead = deadLimits(Object.keys(entries).filter(isGood), libraries);
  return [...findings, ...dead.map((found) => ({ ...found, path: [...at, ...found.path] }))];
}

function complaints(pattern: string, key: string, libraries: Libraries, path: Path): ScenarioFinding[] {
  const complaint = complaintAbout(pattern, key, libraries);
  return complaint === undefined ? [] : [scenarioFinding(path, complaint, 'key')];
}

interface Known {
  readonly models: Fields;
  readonly byKey: Fields;
}

/** A change speaks of entries that are there. */
function checkChange({ at: _when, keys, ...models }: Fields, known: Known, path: Path): ScenarioFinding[] {
  const missing = (entries: Fields, there: Fields, at: Path) =>
    Object.keys(entries).flatMap((pattern) =>
      Object.hasOwn(there, pattern) ? [] : [scenarioFinding([...at, pattern], noEntry(pattern, there), 'key')],
    );
  const byKey = Object.entries(asRecord(keys) ?? {});
  const isEmpty = Object.keys(models).length === 0 && byKey.length === 0;
  return [
    ...(isEmpty ? [scenarioFinding(path, 'changes nothing: name an entry of limits')] : []),
    ...missing(models, known.models, path),
    ...byKey.flatMap(([key, own]) => {
      const there = asRecord(known.byKey[key]);
      const at = [...path, 'keys', key];
      if (there === undefined) return [scenarioFinding(at, noEntry(key, known.byKey), 'key')];
      return missing(asRecord(own) ?? {}, there, at);
    }),
  ];
}

function noEntry(pattern: string, there: Fields): string {
  const names = Object.keys(there);
  return `changes nothing: limits has no entry ${pattern}; it has ${names.length === 0 ? 'none' : names.join(', ')}`;
}
