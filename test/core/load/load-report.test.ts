import { expect, test } from 'vitest';
import { historiesOf } from '../../../src/core/backoff/history/history.ts';
import { loadFindings } from '../../../src/core/load/load-findings.ts';
import { loadReportOf } from '../../../src/core/load/load-report.ts';
import { loadLines } from '../../../src/core/report/load-lines.ts';
import { journalEntry } from '../../support/journal-entry.ts';
import { callRecord, loadRun } from '../../support/load/load-run.ts';

const hint = (dueAt: number) => ({ header: 'retry-after', raw: '1', dueAt }) as const;

/** Two calls: one that succeeds at once, one that is refused, comes back too early, and is served. */
const RUN = loadRun({
  records: [
    callRecord('a', 0, { startedAt: 5 }),
    callRecord('b', 1_000, { settledAt: 1_600 }),
    callRecord('c', 2_000, { startedAt: null, settledAt: null, ok: null }),
    callRecord('d', 3_000, { settledAt: null, ok: null }),
    callRecord('e', 4_000, { settledAt: 4_500, ok: false, error: '503' }),
  ],
  entries: [
    journalEntry({ seq: 1, logicalId: 'a', t_headers: 6, connId: 1 }),
    journalEntry({ seq: 2, logicalId: 'b', t_headers: 1_000, status: 429, hint: hint(2_001), connId: 1 }),
    journalEntry({ seq: 3, logicalId: 'b', t_headers: 1_501, connId: 2 }),
    journalEntry({ seq: 4, logicalId: 'e', t_headers: 4_000, status: 503, connId: 2 }),
  ],
  outages: [{ from: 3_900, to: 4_100 }],
});

test('calls are counted by how they ended', () => {
  const { calls, attempts } = loadReportOf(RUN);
  expect(calls).toEqual({ scheduled: 5, started: 4, ok: 2, failed: 1, abandoned: 1, dropped: 1, unreported: 0 });
  expect(attempts).toBe(4);
});

test('a call that its process never told of is not ok: it was not started, unless the mock has seen it', () => {
  const silent = { settledAt: null, ok: null, unreported: true } as const;
  const report = loadReportOf({
    ...RUN,
    records: [
      ...RUN.records,
      callRecord('f', 5_000, { ...silent, startedAt: null }),
      callRecord('g', 5_500, { ...silent, startedAt: 6_900 }),
    ],
  });
  expect(report.calls).toEqual({ scheduled: 7, started: 5, ok: 2, failed: 1, abandoned: 2, dropped: 1, unreported: 1 });
  // When the request of `g` arrived says nothing of when the call was started.
  expect(report.exactness.saturated).toBe(false);
  expect(loadLines(report).find(([name]) => name === 'calls')?.[1]).toContain('1 not started');
});

test('what a silent process would have told fails nobody, and passes nobody', () => {
  const records = [
    callRecord('a', 0),
    callRecord('b', 100),
    callRecord('c', 200, { startedAt: null, settledAt: null, ok: null, unreported: true }),
    callRecord('d', 300, { ok: false }),
  ];
  const success = (least: number) =>
    loadFindings(loadReportOf(loadRun({ records })), { success: least }).find(({ rule }) => rule === 'load_success')?.verdict;
  expect([0.5, 0.75, 0.8].map(success)).toEqual(['pass', 'inconclusive', 'fail']);
});

test('latency counts from the scheduled start, also of a call that was started late', () => {
  const { latencyMs, giveUpMs, attemptLatencyMs } = loadReportOf(RUN);
  expect(latencyMs).toMatchObject({ n: 2, p50: 305, max: 600 });
  expect(giveUpMs).toMatchObject({ n: 1, max: 500 });
  expect(attemptLatencyMs).toMatchObject({ n: 2, max: 1 });
});

test('amplification is told of calls that began in the outage and of the others', () => {
  expect(loadReportOf(RUN).amplification).toMatchObject({ mean: 4 / 3, max: 2, inOutage: 1, steady: 1.5 });
});

test('retries are counted, their waits told, and those that came too early', () => {
  const { retries, socketsPerAttempt } = loadReportOf(RUN);
  expect(retries.histogram).toEqual([2, 1]);
  expect(retries.gaps).toEqual([{ retry: 1, n: 1, p5: 500, p50: 500, p95: 500, dispersion: null }]);
  expect(retries.early).toEqual({ count: 1, worstMs: 500 });
  expect(socketsPerAttempt).toBe(0.5);
});

test('tokens of answers that were of no use are wasted', () => {
  const [entry] = RUN.entries;
  const tries = [20, 30].map((billedTokens, at) =>
    journalEntry({ ...entry, billedTokens, seq: at + 1, t_headers: at * 1_000, closedBy: at === 0 ? 'server' : null }),
  );
  expect(loadReportOf({ ...RUN, entries: tries, histories: historiesOf(tries) })).toMatchObject({
    billedTokens: 50,
    wastedTokens: 20,
  });
});

test('rates over time add up to what happened', () => {
  const { binMs, moments } = loadReportOf(RUN).timeline;
  const sum = (key: 'calls' | 'attempts' | 'goodput') =>
    moments.reduce((total, moment) => total + (moment[key] * binMs) / 1_000, 0);
  expect([sum('calls'), sum('attempts'), sum('goodput')]).toEqual([5, 4, 2]);
});

test('a driver that starts calls late is saturated, and says so', () => {
  const report = loadReportOf({
    ...RUN,
    records: RUN.records.map((record) => ({ ...record, startedAt: record.scheduledAt + 80 })),
  });
  expect(report.exactness.saturated).toBe(true);
  const findings = loadFindings(report, { recoversWithinMs: 1_000 });
  expect(findings.find(({ rule }) => rule === 'load_schedule')).toMatchObject({ verdict: 'inconclusive' });
  expect(findings.find(({ rule }) => rule === 'load_schedule')?.explain).toContain('DRIVER SATURATED');
});

test('of a run without a single call everything can be told all the same', () => {
  const report = loadReportOf(loadRun());
  expect(JSON.stringify(report)).not.toContain('NaN');
  expect(
    loadLines(report)
      .map(([, value]) => value)
      .join(),
  ).not.toContain('NaN');
  expect(loadFindings(report, { amplification: 2, goodput: 0.9, success: 0.9 }).map(({ verdict }) => verdict)).toEqual([
    'not_applicable',
    'inconclusive',
    'inconclusive',
    'inconclusive',
    'not_applicable',
  ]);
});

test('what is expected decides', () => {
  const report = loadReportOf(RUN);
  const verdicts = (expected: Parameters<typeof loadFindings>[1]) =>
    Object.fromEntries(loadFindings(report, expected).map(({ rule, verdict }) => [rule, verdict]));
  expect(verdicts({ amplification: 1.5, success: 0.4 })).toMatchObject({ load_amplification: 'pass', load_success: 'pass' });
  expect(verdicts({ amplification: 1.2, success: 0.5 })).toMatchObject({ load_amplification: 'fail', load_success: 'fail' });
});
