import type { Libraries } from '../libraries.ts';
import { parsePointer } from '../openai/request/json-pointer.ts';
import { asRecord, type Fields } from '../openai/request/request.ts';
import { complaintAbout } from './complaint-about.ts';
import { type Path, type ScenarioFinding, scenarioFinding } from './finding.ts';

/** The patterns and places of `match` of a rule or a reply at the path. */
export function checkMatch(value: unknown, libraries: Libraries, at: Path): ScenarioFinding[] {
  const match = asRecord(value);
  if (match === undefined) return [];
  const patterns = [
    ...Object.entries(match).map(([key, pattern]) => [[key], pattern] as const),
    ...patternsIn(match, 'header'),
    ...patternsIn(match, 'body'),
  ];
  const findings: ScenarioFinding[] = checkPointers(asRecord(match['body']) ?? {}, [...at, 'match', 'body']);
  for (const [keys, pattern] of patterns) {
    if (typeof pattern !== 'string' || keys[0] === 'tokens' || keys[0] === 'turn' || keys[0] === 'last_role') continue;
    const path = [...at, 'match', ...keys];
    const complaint = complaintAbout(pattern, keys[0] ?? '', libraries);
    if (complaint !== undefined) findings.push(scenarioFinding(path, complaint));
  }
  return findings;
}

function patternsIn(match: Fields, key: 'header' | 'body'): (readonly [readonly string[], unknown])[] {
  return Object.entries(asRecord(match[key]) ?? {}).map(([name, pattern]) => [[key, name], pattern]);
}

function checkPointers(body: Fields, at: Path): ScenarioFinding[] {
  return Object.keys(body).flatMap((pointer) => {
    if (parsePointer(pointer) !== undefined) return [];
    const advice = pointer.startsWith('/') ? '~ is written ~0' : `Did you mean /${pointer.replaceAll('.', '/')}?`;
    return [
      scenarioFinding(
        [...at, pointer],
        `expected a JSON Pointer such as /service_tier, found ${JSON.stringify(pointer)}. ${advice}`,
        'key',
      ),
    ];
  });
}
