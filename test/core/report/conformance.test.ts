import { expect, test } from 'vitest';
import type { Finding } from '../../../src/core/backoff/kit/finding.ts';
import { renderAdvice } from '../../../src/core/report/conformance.ts';

const finding = (parts: Partial<Finding>): Finding => ({
  rule: 'never_early',
  verdict: 'fail',
  severity: 'critical',
  summary: '',
  explain: '',
  advice: 'sleep for the whole Retry-After',
  n: 1,
  statistic: null,
  threshold: null,
  falseAlarmBound: 0,
  correlation: null,
  clock: 'real',
  evidence: [],
  evidenceLeftOut: 0,
  onFault: true,
  reference: '',
  ...parts,
});

test('what to change is said of each rule that fails, and of no other', () => {
  const findings = [
    finding({}),
    finding({ rule: 'grows', advice: 'double the wait' }),
    finding({ rule: 'herd', verdict: 'warn' }),
  ];
  expect(renderAdvice(findings)).toBe(
    'what to change\n  never_early  sleep for the whole Retry-After\n  grows        double the wait\n',
  );
  expect(renderAdvice([finding({ verdict: 'pass', advice: '' })])).toBe('');
});
