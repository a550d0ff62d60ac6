import { expect, test } from 'vitest';
import { backoffRules } from '../../../src/core/backoff/registry.ts';
import { formatProblem } from '../../../src/core/problem.ts';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import { libraries } from '../../../src/libraries.ts';

const ofTargets = [...new Set(backoffRules.flatMap(({ targetsProbe }) => targetsProbe ?? []))];
const probes = [...new Set([...backoffRules.map(({ probe }) => probe), ...ofTargets])];
const variants = probes.flatMap((probe) => probe.variants.map((variant) => ({ probe: probe.name, ...variant })));

test.each(variants)('$probe, $name: the scenario is valid', ({ rules, limits = {} }) => {
  const { problems = [] } = parseScenario({ file: 'probe', data: { rules, limits } }, libraries);
  expect(problems.map(formatProblem)).toEqual([]);
});

test('probes and their variants are told apart by name', () => {
  expect(new Set(probes.map(({ name }) => name)).size).toBe(probes.length);
  expect(new Set(variants.map(({ probe, name }) => `${probe} ${name}`)).size).toBe(variants.length);
});

/** Issue E: the whole battery under 45 s. */
test('no probe takes longer than 45 seconds unless asked to', () => {
  for (const { windowMs, fullWindowMs = windowMs } of probes)
    expect([windowMs <= 45_000, fullWindowMs >= windowMs]).toEqual([true, true]);
});

test('what is played with a client that takes several targets gives it several', () => {
  expect(ofTargets.length).toBeGreaterThan(0);
  for (const { variants } of ofTargets) expect(variants.map(({ targets = [] }) => targets.length > 1)).toEqual([true]);
});
