import { statSync } from 'node:fs';
import { type Policy, policyPresets } from '../core/policy/policy.ts';
import { policyOf } from '../core/policy/policy-of.ts';
import type { PolicyInput, PolicySpec } from '../core/policy/policy-schema.ts';
import { ScenarioError } from '../core/problem.ts';
import { parsePolicy, type Source } from '../core/scenario/parse.ts';
import { unknownName } from '../core/schema/fields.ts';
import { readSource } from '../scenario-files/load-scenario.ts';
import type { Session } from './session.ts';

const PRESETS = Object.keys(policyPresets);

/** What is expected of the client of a session: the `expect:` of its scenario, and over it what is given. */
export function sessionPolicy({ scenario }: Session, given: PolicySpec = {}): Policy {
  return policyOf(scenario.scenario.expect, given);
}

/** A preset by name, or a policy as data. Throws a ScenarioError with every problem. */
export function readPolicy(given: string | PolicyInput): PolicySpec {
  return typeof given === 'string' ? presetNamed(given) : policyFrom({ file: 'policy', data: given });
}

/** `--policy`: the name of a preset, or a file. Throws a ScenarioError with every problem. */
export function loadPolicy(given: string): PolicySpec {
  const looksLikePath = /\.(?:ya?ml|json)$/i.test(given) || /[\\/]/.test(given);
  const isFile = statSync(given, { throwIfNoEntry: false })?.isFile() ?? false;
  if (!looksLikePath && (PRESETS.includes(given) || !isFile)) return presetNamed(given);
  return policyFrom(readSource(given, { shownAs: given, what: 'policy' }));
}

/** Throws a ScenarioError with every problem of the policy. */
export function policyFrom(source: Source): PolicySpec {
  const parsed = parsePolicy(source);
  if (parsed.problems !== undefined) throw new ScenarioError(parsed.problems, 'text' in source ? source.text : undefined);
  return parsed.value;
}

function presetNamed(name: string): PolicySpec {
  if (!PRESETS.includes(name))
    throw new ScenarioError([{ file: 'policy', path: '', message: unknownName('policy', name, PRESETS) }]);
  return policyFrom({ file: 'policy', data: { preset: name } });
}
