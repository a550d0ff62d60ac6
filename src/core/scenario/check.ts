import type { Libraries } from '../libraries.ts';
import { asList, asRecord, type Fields } from '../openai/request/request.ts';
import { checkFaults, checkNoServerRule } from './check-faults.ts';
import { checkLimits } from './check-limits.ts';
import { checkMatch } from './check-match.ts';
import { checkPolicy, wordsOfRules } from './check-policy.ts';
import { checkReplies } from './check-replies.ts';
import { type Path, type ScenarioFinding, scenarioFinding } from './finding.ts';
import { providerVariable } from './provider-variable.ts';

const ACTIONS = ['fault', 'sequence', 'one_of'];

/** Checks across keys. Takes the raw data, so that it reports together with the errors of shape; ignores what has the wrong type. */
export function checkScenario(value: unknown, libraries: Libraries): ScenarioFinding[] {
  const { expect, providers, ...service } = asRecord(value) ?? {};
  const further = Object.entries(asRecord(providers) ?? {}).map(([name, own]) => [name, asRecord(own) ?? {}] as const);
  const rules = [service['rules'], ...further.map(([, own]) => own['rules'])].flatMap(asList);
  return [
    ...checkService(service, libraries, []),
    ...sharedVariables(further.map(([name]) => name)),
    ...further.flatMap(([name, own]) => checkProvider(own, libraries, ['providers', name])),
    ...checkPolicy(expect, ['expect'], wordsOfRules(rules)),
  ];
}

function checkService({ rules, replies, limits }: Fields, libraries: Libraries, at: Path): ScenarioFinding[] {
  return [
    ...checkLimits(asRecord(limits) ?? {}, libraries, [...at, 'limits']),
    ...checkRules(asList(rules), libraries, [...at, 'rules']),
    ...checkReplies(asList(replies), libraries, at),
  ];
}

/** Two names that differ in `-` and `_` alone have one variable: a client could find one of the services only. */
function sharedVariables(names: readonly string[]): ScenarioFinding[] {
  const first = new Map<string, string>();
  return names.flatMap((name) => {
    const variable = providerVariable(name);
    const earlier = first.get(variable);
    if (earlier === undefined) first.set(variable, name);
    return earlier === undefined
      ? []
      : [
          scenarioFinding(
            ['providers', name],
            `${earlier} and ${name} have the same variable, ${variable}; give one of them another name`,
            'key',
          ),
        ];
  });
}

function checkProvider(own: Fields, libraries: Libraries, at: Path): ScenarioFinding[] {
  const others = Object.keys(own).filter((key) => key !== 'scenario' && key !== 'dialect');
  const twice =
    'scenario' in own && others.length > 0
      ? [
          scenarioFinding(
            [...at, 'scenario'],
            `a provider has a scenario or keys of its own; found ${others.join(', ')} beside it`,
            'key',
          ),
        ]
      : [];
  return [...twice, ...checkService(own, libraries, at), ...checkNoServerRule(asList(own['rules']), [...at, 'rules'])];
}

/** The same for a list of rules that stands at the path. */
export function checkRules(rules: readonly unknown[], libraries: Libraries, path: Path): ScenarioFinding[] {
  const findings: ScenarioFinding[] = [];
  const names = new Map<string, number>();
  for (const [index, value] of rules.entries()) {
    const rule = asRecord(value);
    if (rule === undefined) continue;
    const at = [...path, index];
    findings.push(...checkAction(rule, at), ...checkMatch(rule['match'], libraries, at));
    if (typeof rule['name'] !== 'string') continue;
    const earlier = names.get(rule['name']);
    if (earlier === undefined) names.set(rule['name'], index);
    else
      findings.push(
        scenarioFinding([...at, 'name'], `rules ${earlier + 1} and ${index + 1} have the same name; draws and counters go by it`),
      );
  }
  return findings;
}

function checkAction(rule: Readonly<Record<string, unknown>>, at: Path): ScenarioFinding[] {
  const given = ACTIONS.filter((key) => key in rule);
  const findings: ScenarioFinding[] = [];
  if (given.length === 0)
    findings.push({ ...scenarioFinding(at, 'the rule does nothing: give it one of fault, sequence or one_of'), lacking: true });
  if (given.length > 1)
    findings.push(
      scenarioFinding(
        [...at, given[1] ?? ''],
        `a rule has only one of fault, sequence and one_of; found ${given.join(' and ')}`,
        'key',
      ),
    );
  const choices = asRecord(rule['one_of']);
  if (choices !== undefined && Object.keys(choices).length === 0)
    findings.push(scenarioFinding([...at, 'one_of'], 'one_of names no fault'));
  findings.push(...checkFaults(rule, at));
  if ('repeat' in rule && !('sequence' in rule))
    findings.push(scenarioFinding([...at, 'repeat'], 'repeat goes with sequence', 'key'));
  return findings;
}
