import { expect, test } from 'vitest';
import { judge } from '../../../src/core/backoff/judge.ts';
import { policyPresets } from '../../../src/core/backoff/policy.ts';
import { backoffRules } from '../../../src/core/backoff/registry.ts';
import { badPolicies, goodPolicies, noises, simulateTraffic, type WaitPolicy } from '../../support/simulated-traffic.ts';

/** Runs per policy and noise. `npm run simulate` makes 20,000. */
const RUNS = Number(process.env['SIMULATED_RUNS'] ?? 150);
const CALLS = 24;
const RETRIES = [3, 4, 2];

const POLICY = policyPresets['openai-guide'];

function accusers(wait: WaitPolicy, noise: string, seed: number): string[] {
  const entries = simulateTraffic({
    wait,
    noise: noises[noise] ?? (() => 0),
    calls: CALLS,
    retries: RETRIES[seed % 3] ?? 3,
    seed,
  });
  const end = Math.max(...entries.map(({ t_end }) => t_end ?? 0));
  const { findings } = judge(entries, { watchedUntil: end + 60_000, clientEndedAt: end }, POLICY, {
    name: 'test',
    seed,
    rules: [],
  });
  return findings.filter(({ verdict }) => verdict === 'fail').map(({ rule }) => rule);
}

function tally(wait: WaitPolicy, noise: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let seed = 1; seed <= RUNS; seed++)
    for (const rule of accusers(wait, noise, seed)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return counts;
}

/** The largest number of accusations that chance explains at the 99.9 % level, when each run has this bound. */
function explainedByChance(bound: number): number {
  const mean = bound * RUNS;
  let probability = Math.exp(-mean);
  let sum = probability;
  let count = 0;
  while (sum < 0.999) {
    count += 1;
    probability *= mean / count;
    sum += probability;
  }
  return count;
}

for (const noise of Object.keys(noises)) {
  test.each(Object.entries(goodPolicies))(
    `%s is not failed more often than the bounds say, under ${noise} noise`,
    (_name, wait) => {
      for (const [rule, failed] of tally(wait, noise)) {
        const bound = backoffRules.find(({ id }) => id === rule)?.falseAlarmBound ?? 0;
        expect({ rule, failed }, `${rule} failed ${failed} of ${RUNS}`).toEqual({
          rule,
          failed: Math.min(failed, explainedByChance(bound)),
        });
      }
    },
  );
}

test.each(Object.entries(badPolicies))(
  '%s is failed by the rule that it breaks, under quiet noise',
  (_name, { wait, breaks }) => {
    const counts = tally(wait, 'quiet');
    for (const rule of breaks) expect(counts.get(rule) ?? 0, rule).toBeGreaterThan(RUNS * 0.6);
    for (const rule of counts.keys()) expect(breaks).toContain(rule);
  },
);
