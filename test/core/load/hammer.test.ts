import { expect, test } from 'vitest';
import { loadFindings } from '../../../src/core/load/load-findings.ts';
import { loadReportOf } from '../../../src/core/load/load-report.ts';
import { loadLines } from '../../../src/core/report/load-lines.ts';
import { journalEntry } from '../../support/journal-entry.ts';
import { callRecord, loadRun } from '../../support/load/load-run.ts';

const entries = [
  journalEntry({ seq: 1, logicalId: 'a', t_headers: 100 }),
  journalEntry({ seq: 2, logicalId: 'b', t_headers: 1_000, status: 429 }),
  journalEntry({ seq: 3, logicalId: 'b', t_headers: 2_500 }),
];
const hammer = { connections: 5, answers: { '200': 6, '429': 90, none: 4 }, perSecond: [10, 70, 20] };
const RUN = loadRun({ records: [callRecord('a', 100), callRecord('b', 1_000)], entries, loadUntil: 4_000, hammer });

test('a hammer is told apart from the fleet, and so is what each of them got', () => {
  const { attempts, amplification, hammer } = loadReportOf(RUN);
  expect([attempts, amplification.mean]).toEqual([3, 1.5]);
  expect(hammer).toEqual({
    connections: 5,
    requests: 100,
    perSecond: 25,
    answers: { '200': 6, '429': 90, none: 4 },
    served: { fleet: 2 / 3, hammer: 0.06 },
    fleetShare: 0.25,
  });
  expect(loadLines(loadReportOf(RUN))).toEqual(
    expect.arrayContaining([
      ['hammer', '100 requests of 5 connections, 25/s; answered 200: 6, 429: 90, none: 4; in none of the other figures'],
      ['beside it', 'the fleet had 66.7 % of its attempts served, the hammer 6 %; 25 % of all that was served went to the fleet'],
    ]),
  );
});

test('a load without a hammer says nothing of one', () => {
  const { hammer, timeline } = loadReportOf(loadRun({ entries }));
  expect(hammer).toBeUndefined();
  expect(timeline.moments.every((moment) => moment.hammer === undefined)).toBe(true);
});

test('its requests are told over time', () => {
  const { binMs, moments } = loadReportOf(RUN).timeline;
  expect(binMs).toBe(250);
  expect([0, 3, 4, 8].map((bin) => moments[bin]?.hammer)).toEqual([10, 10, 70, 20]);
  const long = loadRun({ records: [callRecord('a', 0, { settledAt: 400_000 })], hammer });
  const { binMs: wide, moments: few } = loadReportOf(long).timeline;
  expect([wide, few[0]?.hammer]).toEqual([5_000, 20]);
});

test('a fleet that does not come back beside a hammer is not accused: the hammer may take what it lacks', () => {
  const times = Array.from({ length: 300 }, (_, index) => index * 100);
  const outage = {
    records: times.map((at) => callRecord(`call-${at}`, at, { ok: at < 10_000 })),
    entries: times.map((at, index) =>
      journalEntry({ seq: index + 1, logicalId: `call-${at}`, t_headers: at, status: at < 10_000 ? 200 : 503 }),
    ),
    outages: [{ from: 10_000, to: 12_000 }],
    loadUntil: 30_000,
  };
  const recovery = (parts: object) =>
    loadFindings(loadReportOf(loadRun({ ...outage, ...parts }))).find(({ rule }) => rule === 'load_recovery');
  expect(recovery({})).toMatchObject({ verdict: 'warn' });
  expect(recovery({ hammer })).toMatchObject({
    verdict: 'inconclusive',
    explain: expect.stringContaining('a hammer took part of the service, 3.3 requests a second'),
  });
});
