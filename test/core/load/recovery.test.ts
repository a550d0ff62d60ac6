import { expect, test } from 'vitest';
import { historiesOf } from '../../../src/core/backoff/history/history.ts';
import { loadFindings } from '../../../src/core/load/load-findings.ts';
import { loadReportOf } from '../../../src/core/load/load-report.ts';
import type { LoadRun } from '../../../src/core/load/load-run.ts';
import { measurementsOf } from '../../../src/core/load/measurements.ts';
import { recoveryOf as recoveryIn } from '../../../src/core/load/recovery.ts';
import { journalEntry } from '../../support/journal-entry.ts';
import { callRecord, loadRun } from '../../support/load/load-run.ts';

const recoveryOf = (load: LoadRun) => recoveryIn(measurementsOf(load));

/** Twenty calls a second for thirty seconds, of which those end well that `isOk`; so many attempts each. */
function run(isOk: (at: number) => boolean, attempts = 1, parts: Partial<LoadRun> = {}): LoadRun {
  const times = Array.from({ length: 600 }, (_, index) => index * 50);
  return loadRun({
    records: times.map((at) => callRecord(`call-${at}`, at, { ok: isOk(at) })),
    entries: times.flatMap((at) =>
      Array.from({ length: attempts }, (_, tried) =>
        journalEntry({ seq: at * 10 + tried + 1, logicalId: `call-${at}`, t_headers: at + tried, status: isOk(at) ? 200 : 503 }),
      ),
    ),
    loadUntil: 30_000,
    outages: [{ from: 10_000, to: 15_000 }],
    capacityPerSecond: 40,
    ...parts,
  });
}

test('a service that is back at once has recovered', () => {
  const recovery = recoveryOf(run((at) => at < 10_000 || at >= 15_000));
  expect(recovery).toMatchObject({ state: 'recovered', goodputBefore: 20, firstSuccessMs: 1 });
  expect(recovery.recoveredAfterMs).toBe(10);
});

test('the time to recover is that from the end of the outage', () => {
  const { state, recoveredAfterMs } = recoveryOf(run((at) => at < 10_000 || at >= 20_000));
  expect(state).toBe('recovered');
  // The window of one second may begin before, as far as counts vary by chance.
  expect(recoveredAfterMs).toBeGreaterThanOrEqual(4_300);
  expect(recoveredAfterMs).toBeLessThanOrEqual(5_010);
});

test('goodput is not back before the first success', () => {
  const { firstSuccessMs, recoveredAfterMs } = recoveryOf(run((at) => at < 10_000 || at >= 15_250));
  expect(firstSuccessMs).toBe(251);
  expect(recoveredAfterMs).toBe(260);
});

test('a service that stays at two thirds of its goodput has not recovered', () => {
  const twoThirds = (at: number) => at < 10_000 || (at >= 15_000 && (at / 50) % 3 !== 0);
  expect(recoveryOf(run(twoThirds))).toMatchObject({ state: 'not_recovered', recoveredAfterMs: null });
});

test('a service that was watched for a moment only is told by all that was seen of it', () => {
  const healthy = run((at) => at < 10_000 || at >= 15_000, 1, { loadUntil: 16_500 });
  expect(recoveryOf(healthy)).toMatchObject({ state: 'recovered', recoveredAfterMs: 10 });
});

test('goodput that goes down again until the load ends is no recovery', () => {
  // Full for seven seconds, then a third less, then a half: more than 95 % on average, and not at the end.
  const sinking = (at: number) => at < 10_000 || (at >= 15_000 && at < 27_000) || (at >= 27_000 && (at / 50) % 3 === 0);
  const { state, recoveredAfterMs, goodputAtEnd } = recoveryOf(run(sinking, 3));
  expect({ state, recoveredAfterMs }).toEqual({ state: 'metastable', recoveredAfterMs: null });
  expect(goodputAtEnd).toBeLessThan(8);
  expect(recoveryOf(run(sinking)).state).toBe('not_recovered');
});

test('a schedule that asks for fewer calls at the end is not blamed on the fleet', () => {
  const all = run((at) => at < 10_000 || at >= 15_000);
  const sparse = all.records.filter(({ scheduledAt }) => scheduledAt < 28_000 || (scheduledAt / 50) % 3 === 0);
  expect(recoveryOf({ ...all, records: sparse }).state).toBe('recovered');
});

test('goodput is not back before the mock has seen the first success, whatever the clock of the client says', () => {
  const seen = run((at) => at < 10_000 || at >= 15_000);
  const entries = seen.entries.map((entry) => ({ ...entry, t_end: (entry.t_end ?? 0) + 12 }));
  const { firstSuccessMs, recoveredAfterMs } = recoveryOf(
    run((at) => at < 10_000 || at >= 15_000, 1, { entries, histories: historiesOf(entries) }),
  );
  expect(firstSuccessMs).toBe(13);
  expect(recoveredAfterMs).toBe(13);
});

test('a flash of success is no recovery', () => {
  expect(recoveryOf(run((at) => at < 10_000 || (at >= 15_000 && at < 17_000)))).toMatchObject({ state: 'not_recovered' });
});

test('a service that is asked for more than it can do, although the outage is over, is metastable', () => {
  const metastable = run((at) => at < 10_000, 4);
  expect(recoveryOf(metastable)).toMatchObject({ state: 'metastable', recoveredAfterMs: null, offeredAtEnd: 80 });
  const verdictOf = (recoversWithinMs?: number) =>
    loadFindings(loadReportOf(metastable), recoversWithinMs === undefined ? {} : { recoversWithinMs })[0]?.verdict;
  expect(verdictOf()).toBe('warn');
  expect(verdictOf(10_000)).toBe('fail');
});

test('a service whose last moments are good is told by all the time since the outage', () => {
  const late = run((at) => at < 10_000 || at >= 28_000, 4);
  const { recovery } = loadReportOf(late);
  expect(recovery).toMatchObject({ state: 'metastable', goodputAtEnd: 20 });
  expect(loadFindings(loadReportOf(late))[0]?.explain).toBe(
    'metastable: the outage is over and 2.7 calls a second have ended well since, 20 before it, 20 at the end; retries keep the service down (offered 80/s at the end, capacity 40)',
  );
});

test('without a known capacity, retries that prevail are told from an outage that lasts', () => {
  expect(recoveryOf(run((at) => at < 10_000, 4, { capacityPerSecond: null }))).toMatchObject({ state: 'metastable' });
  expect(recoveryOf(run((at) => at < 10_000, 1, { capacityPerSecond: null }))).toMatchObject({ state: 'not_recovered' });
});

test('nothing is said of what was not watched', () => {
  expect(recoveryOf(run(() => true, 1, { outages: [] })).state).toBe('no_outage');
  expect(recoveryOf(run(() => true, 1, { loadUntil: 15_500 })).state).toBe('not_watched');
});

test('a brown-out is judged as an outage is, and called by its name', () => {
  const brownOuts = [{ from: 10_000, to: 15_000, share: 0.5 }];
  // Half of the calls fail while it lasts, and all that follow.
  const half = (at: number) => (at / 50) % 2 === 0;
  const back = run((at) => at < 10_000 || at >= 15_000 || half(at), 1, { outages: [], brownOuts });
  expect(recoveryOf(back)).toMatchObject({ state: 'recovered', goodputBefore: 20 });
  const kept = run((at) => at < 10_000 || half(at), 4, { outages: [], brownOuts });
  const report = loadReportOf(kept);
  expect(report.outages).toEqual([{ fromMs: 10_000, toMs: 15_000, share: 0.5 }]);
  expect(loadFindings(report, { recoversWithinMs: 1_000 })[0]).toMatchObject({
    verdict: 'fail',
    explain: expect.stringContaining('metastable: the brown-out is over'),
  });
});

test('attempts of calls that begin in a brown-out are told apart', () => {
  const brownOuts = [{ from: 10_000, to: 15_000, share: 0.5 }];
  const { amplification } = loadReportOf(run(() => true, 1, { outages: [], brownOuts }));
  expect(amplification).toMatchObject({ inOutage: 1, steady: 1 });
  expect(loadReportOf(run(() => true, 1, { outages: [] })).amplification.inOutage).toBeNull();
});

test('of outages that come again, the last one counts after which there is time to look', () => {
  const outages = [
    { from: 8_000, to: 10_000 },
    { from: 18_000, to: 20_000 },
    { from: 28_000, to: 31_000 },
  ];
  const isDown = (at: number) => outages.some(({ from, to }) => at >= from && at < to);
  expect(recoveryOf(run((at) => !isDown(at), 1, { outages }))).toMatchObject({ state: 'recovered', firstSuccessMs: 1 });
  const staysDown = recoveryOf(run((at) => at < 18_000 && !isDown(at), 1, { outages }));
  expect(staysDown).toMatchObject({ state: 'not_recovered' });
});
