import { asList, asRecord } from '../openai/request.ts';
import { type Finding, finding, type Path } from './finding.ts';

/** Checks across the keys of a policy that stands at the path. Takes the raw data; ignores what has the wrong type. */
export function checkPolicy(value: unknown, path: Path): Finding[] {
  const { retries, never_retries: never } = asRecord(value) ?? {};
  const wanted = new Set(asList(retries));
  return asList(never).flatMap((item, index) =>
    wanted.has(item)
      ? [finding([...path, 'never_retries', index], `${String(item)} is in retries too: a client cannot both retry it and not`)]
      : [],
  );
}
