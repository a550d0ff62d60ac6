import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Finding, RuleVerdict } from '../../src/core/backoff/kit/finding.ts';
import { backoffRules, type RuleId } from '../../src/core/backoff/registry.ts';
import { predictions, referenceClients } from '../harness/predictions.ts';
import { runCli } from '../support/run-cli.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const clientPath = (name: string) => join(root, 'examples/clients', `${name}.mjs`);

interface Reported {
  readonly findings: readonly Pick<Finding, 'rule' | 'verdict' | 'explain'>[];
}

/** Rules whose measure the noise of a busy machine can hide: they may be inconclusive, or see noise where there is none. */
const NOISY = new Set<RuleId>([
  ...backoffRules.filter(({ confidence }) => confidence === 'statistical').map(({ id }) => id),
  // Timers that fire at once do so late on a busy machine.
  'insane_hint',
]);

/** What may be told in place of what is predicted when the machine is busy: noise looks like jitter, a little of it like weak jitter. */
const excused = ({ rule, verdict, explain }: Reported['findings'][number], predicted: RuleVerdict | undefined) =>
  (verdict === 'inconclusive' && explain.startsWith('this machine stood still for')) ||
  (rule === 'has_jitter' && predicted === 'fail' && verdict === 'warn' && explain.includes(': weak jitter')) ||
  // Calls that a busy machine starts late meet too little of the outage.
  (rule === 'outlasts_outage' && verdict === 'not_applicable') ||
  (NOISY.has(rule as RuleId) && (verdict === 'inconclusive' || verdict === 'pass' || verdict === 'not_applicable'));

test.concurrent.each(referenceClients.map((name, at) => [name, at] as const))(
  'examples/clients/%s.mjs does what its source says, rule by rule',
  { timeout: 150_000 },
  async (name, at) => {
    const folder = mkdtempSync(join(tmpdir(), 'probe-'));
    const { stdout, stderr } = await runCli(['probe', '--client', clientPath(name), '--report', folder]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^(pass|FAIL|WARN|\?) +never_early /);
    const { findings } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')).verdict as Reported;
    rmSync(folder, { recursive: true });
    expect(findings.length).toBe(backoffRules.length);
    const surprises = findings.flatMap((finding) => {
      const { rule, verdict, explain } = finding;
      const predicted = predictions[rule as RuleId][at];
      return verdict === predicted || excused(finding, predicted) ? [] : [{ rule, predicted, verdict, explain }];
    });
    expect(surprises).toEqual([]);
  },
);
