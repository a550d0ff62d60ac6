import { expect, test } from 'vitest';
import { loadFindings } from '../../../src/core/load/load-findings.ts';
import { loadReportOf } from '../../../src/core/load/load-report.ts';
import type { LoadRun } from '../../../src/core/load/load-run.ts';
import { loadVerdict } from '../../../src/core/load/load-verdict.ts';
import type { LoadExpectation } from '../../../src/core/policy/policy.ts';
import { loadLines } from '../../../src/core/report/load-lines.ts';
import { journalEntry } from '../../support/journal-entry.ts';
import { callRecord, loadRun } from '../../support/load/load-run.ts';
import { naiveRun, reportInput } from '../../support/runs.ts';

const { verdict: kept } = reportInput([
  journalEntry({ status: 503, faultApplied: { rule: 'rule 1', faults: [{ name: 'overloaded', params: {} }] } }),
  journalEntry({ seq: 2, attemptSeq: 2, t_headers: 900 }),
]);
const BOTH: LoadExpectation = { recoversWithinMs: 1_000, goodput: 0.9 };

/** Ten calls a second for ten seconds, all of which end well. */
function report(parts: Partial<LoadRun>) {
  return loadReportOf(loadRun({ records: Array.from({ length: 100 }, (_, at) => callRecord(`c${at}`, at * 100)), ...parts }));
}

test.each([
  ['without an outage', { outages: [] }, 'there was no outage'],
  ['that ended with its outage', { outages: [{ from: 5_000, to: 9_500 }] }, 'too little of the load'],
])('what is expected of a load %s is not exercised, and no pass', (_load, parts, why) => {
  const figures = report(parts);
  const findings = loadFindings(figures, BOTH).filter(({ rule }) => rule === 'load_recovery' || rule === 'load_goodput');
  expect(findings.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'inconclusive']);
  for (const { explain } of findings) expect(explain).toContain(why);
  const { verdict, exercised, explain } = loadVerdict(kept, figures, BOTH);
  expect([kept.verdict, verdict, exercised]).toEqual(['pass', 'inconclusive', false]);
  expect(explain).toMatch(/^not exercised: .*; recovers_within and goodput cannot be judged$/);
});

test('the verdict stands where nothing is expected, where it was measured, and where it fails', () => {
  const none = report({ outages: [] });
  expect(loadVerdict(kept, none)).toBe(kept);
  expect(loadVerdict(kept, none, { amplification: 2 })).toBe(kept);
  expect(loadVerdict(kept, report({ outages: [{ from: 3_000, to: 4_000 }] }), BOTH)).toBe(kept);
  const { verdict: broken } = naiveRun();
  expect(loadVerdict(broken, none, BOTH)).toBe(broken);
});

test('a load whose calls all failed passes nothing', () => {
  const records = Array.from({ length: 12 }, (_, at) => callRecord(`c${at}`, at * 100, { ok: false }));
  const failed = report({ records, entries: [journalEntry({ status: 503 })] });
  const { verdict, explain } = loadVerdict(kept, failed);
  expect(verdict).toBe('inconclusive');
  expect(explain).toMatch(/^none of 12 calls ended well/);
  expect(loadVerdict(naiveRun().verdict, failed)).toEqual(naiveRun().verdict);
});

test('a late driver measures no recovery: the verdict and the first word of the text say so', () => {
  const late = Array.from({ length: 100 }, (_, at) => callRecord(`c${at}`, at * 100, { startedAt: at * 100 + 80 }));
  const figures = report({ records: late, outages: [{ from: 3_000, to: 4_000 }] });
  expect(figures.recovery.state).toBe('recovered');
  expect(loadVerdict(kept, figures).verdict).toBe('inconclusive');
  expect(loadLines(figures).find(([name]) => name === 'recovery')?.[1]).toMatch(/^NOT KNOWN: /);
});

test('a load that was cut short does not pass', () => {
  const why = 'interrupted by SIGINT';
  const { verdict, explain, cutShort } = loadVerdict(kept, report({ outages: [], cutShort: why }), BOTH);
  expect([verdict, explain, cutShort]).toEqual(['inconclusive', `${why}; so far ${kept.explain}`, why]);
});
