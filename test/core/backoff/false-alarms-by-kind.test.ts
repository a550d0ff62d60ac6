import { expect, test } from 'vitest';
import { judge } from '../../../src/core/backoff/verdict/judge.ts';
import { policyPresets } from '../../../src/core/policy/policy.ts';
import { goodPolicies, noises, simulateTraffic } from '../../support/load/simulated-traffic.ts';

/** Runs per policy. Chance explains one accusation in so many at most, by the bounds of the rules. */
const RUNS = Number(process.env['SIMULATED_RUNS'] ?? 12);
/** 24 calls after each kind of failure, for each is judged by itself. */
const KINDS = [
  { status: 503 },
  { status: 500 },
  { status: 429 },
  { status: null, closedBy: 'server', t_firstByteBefore: null, bytesOut: 0 },
] as const;

function accusers(wait: (typeof goodPolicies)[string], noise: string, seed: number): string[] {
  const groups = KINDS.map((kind, at) =>
    simulateTraffic({ wait, noise: noises[noise] ?? (() => 0), calls: 24, retries: 3, seed: seed * KINDS.length + at }).map(
      (entry) => ({
        ...entry,
        ...kind,
        logicalId: `${at} ${entry.logicalId}`,
        bodySha256: `${at} ${entry.bodySha256}`,
      }),
    ),
  );
  const entries = groups.flat().map((entry, at) => ({ ...entry, seq: at + 1 }));
  const end = Math.max(...entries.map(({ t_end }) => t_end ?? 0));
  const circumstances = { watchedUntil: end, clientEndedAt: end };
  const { findings } = judge(entries, circumstances, policyPresets['openai-guide'], { name: 'test', seed, rules: [] });
  return findings.filter(({ verdict }) => verdict === 'fail').map(({ rule }) => rule);
}

test.each(Object.entries(goodPolicies))(
  '%s is accused of nothing after four kinds of failure',
  { timeout: 1_800_000 },
  (_name, wait) => {
    const names = Object.keys(noises);
    const found = Array.from({ length: RUNS }, (_, run) => accusers(wait, names[run % names.length] ?? 'quiet', run + 1)).flat();
    expect(found.length, found.join(', ')).toBeLessThanOrEqual(RUNS >= 1_000 ? 1 + 4e-4 * RUNS : 0);
  },
);
