import { expect, test } from 'vitest';
import type { Finding, RuleVerdict } from '../../../src/core/backoff/kit/finding.ts';
import { withoutContradiction } from '../../../src/core/load/without-contradiction.ts';
import { naiveRun } from '../../support/runs.ts';

function finding(rule: string, verdict: RuleVerdict): Finding {
  const [any] = naiveRun().verdict.findings;
  return { ...(any ?? expect.unreachable()), rule, verdict, explain: `of ${rule}` };
}

const told = (...findings: Finding[]) => withoutContradiction(findings).map(({ rule, verdict }) => [rule, verdict]);

test.each([
  ['recovers_promptly', 'load_recovery', 'fail'],
  ['recovers_promptly', 'load_recovery', 'warn'],
  ['amplification', 'load_amplification', 'fail'],
] as const)('%s is no pass beside %s: %s', (rule, fleet, verdict) => {
  const [first] = withoutContradiction([finding(rule, 'pass'), finding(fleet, verdict)]);
  expect(first).toMatchObject({ rule, verdict: 'info', explain: expect.stringContaining(`see ${fleet}`) });
});

test('findings that agree stay as they are', () => {
  expect(told(finding('recovers_promptly', 'pass'), finding('load_recovery', 'pass'))[0]).toEqual(['recovers_promptly', 'pass']);
  expect(told(finding('recovers_promptly', 'warn'), finding('load_recovery', 'fail'))[0]).toEqual(['recovers_promptly', 'warn']);
  expect(told(finding('never_early', 'pass'), finding('load_recovery', 'fail'))[0]).toEqual(['never_early', 'pass']);
  expect(told(finding('amplification', 'pass'), finding('load_recovery', 'fail'))[0]).toEqual(['amplification', 'pass']);
});
