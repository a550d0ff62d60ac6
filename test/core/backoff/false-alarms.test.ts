import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backoffRules } from '../../../src/core/backoff/registry.ts';
import { judge } from '../../../src/core/backoff/verdict/judge.ts';
import { policyPresets } from '../../../src/core/policy/policy.ts';
import { explainedByChance } from '../../support/load/explained-by-chance.ts';
import {
  badPolicies,
  goodPolicies,
  noises,
  simulateTraffic,
  type Traffic,
  type WaitPolicy,
} from '../../support/load/simulated-traffic.ts';

/** Runs per policy and noise: enough to show a rule that accuses one run in ten. `npm run simulate` makes 20,000. */
const RUNS = Number(process.env['SIMULATED_RUNS'] ?? 40);
const LONG = RUNS >= 20_000;
const TIMEOUT_MS = 1_800_000;
const PAGE = join(import.meta.dirname, '../../../docs/rules.md');

/** 24 calls one after the other, with 2, 3 or 4 retries; or 40 that fail at the same time. */
const SHAPES: readonly Pick<Traffic, 'calls' | 'retries' | 'staggerMs'>[] = [
  { calls: 24, retries: 3 },
  { calls: 24, retries: 4 },
  { calls: 24, retries: 2 },
  { calls: 40, retries: 3, staggerMs: 0.1 },
];

/** Rules that fail, or of the herd warn, in one run. */
function accusers(wait: WaitPolicy, noise: string, seed: number): string[] {
  const shape = SHAPES[seed % SHAPES.length] ?? { calls: 24, retries: 3 };
  const entries = simulateTraffic({ wait, noise: noises[noise] ?? (() => 0), seed, ...shape });
  const end = Math.max(...entries.map(({ t_end }) => t_end ?? 0));
  const circumstances = { watchedUntil: end + 60_000, clientEndedAt: end };
  const { findings } = judge(entries, circumstances, policyPresets['openai-guide'], { name: 'test', seed, rules: [] });
  return findings
    .filter(({ verdict, rule }) => verdict === 'fail' || (rule === 'herd' && verdict === 'warn'))
    .map(({ rule }) => rule);
}

function tally(wait: WaitPolicy, noise: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (let seed = 1; seed <= RUNS; seed++)
    for (const rule of accusers(wait, noise, seed)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return counts;
}

const percent = (count: number) => `${Math.round((count / RUNS) * 1_000) / 10} %`;
const rows: string[] = [];
let falseAlarms = 0;

for (const noise of Object.keys(noises)) {
  test.each(Object.entries(goodPolicies))(
    `%s is not accused more often than the bounds say, under ${noise} noise`,
    { timeout: TIMEOUT_MS },
    (_name, wait) => {
      for (const [rule, failed] of tally(wait, noise)) {
        falseAlarms += failed;
        const bound = backoffRules.find(({ id }) => id === rule)?.falseAlarmBound ?? 0;
        expect(failed, `${rule} accused ${failed} of ${RUNS}`).toBeLessThanOrEqual(explainedByChance(bound, RUNS));
      }
    },
  );
}

test.each(Object.entries(badPolicies))(
  '%s is accused by the rule that it breaks, and by no other',
  { timeout: TIMEOUT_MS },
  (name, { wait, breaks }) => {
    const counts = Object.keys(noises).map((noise) => tally(wait, noise));
    for (const rule of breaks) {
      expect(counts[0]?.get(rule) ?? 0, rule).toBeGreaterThan(RUNS * 0.6);
      rows.push(`| ${name} | \`${rule}\` | ${counts.map((found) => percent(found.get(rule) ?? 0)).join(' | ')} |\n`);
    }
    // Clients that come back together without jitter are a herd, too.
    const expected = new Set([...breaks, ...(breaks.includes('has_jitter') ? ['herd'] : [])]);
    for (const found of counts) for (const rule of found.keys()) expect([...expected]).toContain(rule);
  },
);

/** Figures change with the rules and the policies: `npm run simulate` writes them down. */
test.runIf(LONG)('the page of rules shows how sure they are', async () => {
  const good = Object.keys(goodPolicies).length;
  const runs = RUNS * good * Object.keys(noises).length;
  const text = [
    `Good clients: ${good} policies × ${Object.keys(noises).length} kinds of noise × ${RUNS.toLocaleString('en')} runs, ${falseAlarms} of ${runs.toLocaleString('en')} runs failed.\n`,
    `\n| client | rule | ${Object.keys(noises).join(' | ')} |\n|---|---|---|---|---|\n`,
    ...rows,
  ].join('');
  const page = readFileSync(PAGE, 'utf8');
  const generated = page.replace(/(<!-- power -->\n)[\s\S]*?(<!-- \/power -->)/, (_all, open, close) => open + text + close);
  expect(generated).toContain(text);
  await expect(generated).toMatchFileSnapshot(PAGE);
});
