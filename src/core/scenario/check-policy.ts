import { errorWords } from '../faults/error-words.ts';
import { faults } from '../faults/registry.ts';
import { parameterCodes } from '../openai/errors/parameter-codes.ts';
import { asList, asRecord } from '../openai/request/request.ts';
import { describeValue } from '../schema/fields.ts';
import { suggest } from '../text/suggest.ts';
import { type Path, type ScenarioFinding, scenarioFinding } from './finding.ts';

/**
 * Checks across the keys of a policy that stands at the path, and words that no error carries. `ownWords` are those that
 * the scenario gives its errors. Takes the raw data; ignores what has the wrong type.
 */
export function checkPolicy(value: unknown, path: Path, ownWords: readonly string[] = []): ScenarioFinding[] {
  const { retries, never_retries: never } = asRecord(value) ?? {};
  const wanted = new Set(asList(retries));
  return asList(never).flatMap((item, index) => {
    const complaint = complaintAbout(item, ownWords);
    const contradiction = `${String(item)} is in retries too: a client cannot both retry it and not`;
    const message = complaint ?? (wanted.has(item) ? contradiction : undefined);
    return message === undefined ? [] : [scenarioFinding([...path, 'never_retries', index], message)];
  });
}

function complaintAbout(word: unknown, ownWords: readonly string[]): string | undefined {
  if (typeof word !== 'string' || word === '') return undefined;
  const known = [...errorWords, ...parameterCodes, ...ownWords];
  if (known.includes(word)) return undefined;
  if (word === 'transport')
    return 'transport goes into retries only: never_retries takes statuses, and codes and types of errors';
  if (/^\d{3}$/.test(word)) return `expected a status as a number, found the text ${describeValue(word)}: write ${word}`;
  const fault = faults.find(({ name }) => name === word);
  if (fault?.status !== undefined) {
    const says = fault.errorCodes === undefined ? '' : `, or what its error says: ${fault.errorCodes.join(', ')}`;
    return `${word} is the name of a fault. Give its status ${fault.status}${says}.`;
  }
  // Services behind a gateway have codes of their own: only what looks like a slip is refused.
  const hint = suggest(word, known);
  return hint === '' ? undefined : `unknown error code or type ${describeValue(word)}.${hint}`;
}

/** Of each fault that is told the code or type of its error: the parameters that tell it. */
const WORD_PARAMS = new Map<string, readonly string[]>(faults.map(({ name, errorWordParams = [] }) => [name, errorWordParams]));

/** The codes and types that rules give to errors of their own. */
export function wordsOfRules(rules: unknown): string[] {
  if (typeof rules !== 'object' || rules === null) return [];
  return Object.entries(rules).flatMap(([key, value]: [string, unknown]) => {
    const params = asRecord(value) ?? {};
    const words = (WORD_PARAMS.get(key) ?? []).map((param) => params[param]);
    return [...words.filter((word) => typeof word === 'string'), ...wordsOfRules(value)];
  });
}
