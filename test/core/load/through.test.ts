import { expect, test } from 'vitest';
import { judgeLoad } from '../../../src/core/load/judge-load.ts';
import { loadReportOf } from '../../../src/core/load/load-report.ts';
import { policyPresets } from '../../../src/core/policy/policy.ts';
import { loadLines } from '../../../src/core/report/load-lines.ts';
import { journalEntry } from '../../support/journal-entry.ts';
import { callRecord, loadRun } from '../../support/load/load-run.ts';

const URL = 'http://127.0.0.1:4000/v1';
const RECORDS = [callRecord('a', 0), callRecord('b', 100), callRecord('c', 200, { startedAt: null, settledAt: null, ok: null })];
const ENTRIES = [1, 2, 3, 4, 5, 6].map((seq) => journalEntry({ seq, logicalId: `#${seq % 2}`, t_headers: seq * 10 }));

const lineOf = (run: ReturnType<typeof loadRun>, wanted: string) =>
  loadLines(loadReportOf(run)).find(([name]) => name === wanted)?.[1];

test('requests of clients are told by call, and what the gateway made of them', () => {
  const sent = new Map([
    ['a', 1],
    ['b', 2],
  ]);
  const run = loadRun({ records: RECORDS, entries: ENTRIES, through: { url: URL, sent, answers: { 200: 2, 503: 1 } } });
  expect(loadReportOf(run).through).toMatchObject({
    clients: { requests: 3, perCall: { mean: 1.5, max: 2 } },
    gateway: { requests: 6, perCall: 3, perClientRequest: 2 },
  });
  expect(lineOf(run, 'it → the mock')).toBe('6 requests: ×3 a call, ×2 a request of a client');
});

test('what clients sent to an address of their own is not known, and not made up', () => {
  const run = loadRun({ records: RECORDS, entries: ENTRIES, through: { url: URL, sent: new Map(), answers: {} } });
  expect(loadReportOf(run).through).toMatchObject({
    clients: { requests: 0, perCall: null },
    gateway: { requests: 6, perCall: 3, perClientRequest: null },
  });
  expect(lineOf(run, 'clients → it')).toContain('not known');
});

test('a gateway that never asked the mock is not judged by how its calls ended', () => {
  const records = RECORDS.map((record) => ({ ...record, ok: false }));
  const run = loadRun({ records, through: { url: URL, sent: new Map(), answers: {} }, silence: 'Nothing came.' });
  const policy = { ...policyPresets['openai-guide'], load: { success: 0.9 } };
  const judging = { policy, scenario: { name: 'outage', seed: 1, rules: [] }, watchedUntil: 10_000 };
  expect(judgeLoad(run, judging).verdict).toMatchObject({ verdict: 'inconclusive', explain: 'Nothing came.' });
  expect(judgeLoad({ ...run, entries: ENTRIES }, judging).verdict.verdict).toBe('fail');
});
