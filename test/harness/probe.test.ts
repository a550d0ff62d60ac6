import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Finding, RuleVerdict } from '../../src/core/backoff/finding.ts';
import { backoffRules, type RuleId } from '../../src/core/backoff/registry.ts';
import { runCli } from '../support/run-cli.ts';
import { predictions, referenceClients } from './predictions.ts';

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

/** Rules that a machine that stands still keeps from seeing early retries; they say so. */
const WAITING = new Set<RuleId>(['never_early', 'http_date', 'retry_after_ms']);

/** What may be told in place of what is predicted when the machine is busy: noise looks like jitter, a little of it like weak jitter. */
const excused = (rule: RuleId, predicted: RuleVerdict | undefined, verdict: RuleVerdict) =>
  (WAITING.has(rule) && verdict === 'inconclusive') ||
  (NOISY.has(rule) &&
    (verdict === 'inconclusive' ||
      verdict === 'pass' ||
      verdict === 'not_applicable' ||
      (verdict === 'warn' && predicted === 'fail')));

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
    const surprises = findings.flatMap(({ rule, verdict, explain }) => {
      const predicted = predictions[rule as RuleId][at];
      return verdict === predicted || excused(rule as RuleId, predicted, verdict) ? [] : [{ rule, predicted, verdict, explain }];
    });
    expect(surprises).toEqual([]);
  },
);
