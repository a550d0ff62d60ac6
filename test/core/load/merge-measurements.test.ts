import { expect, test } from 'vitest';
import { historiesOf } from '../../../src/core/backoff/history/history.ts';
import { figuresOf, type LoadReport, loadReportOf } from '../../../src/core/load/load-report.ts';
import type { LoadRun } from '../../../src/core/load/load-run.ts';
import { measurementsOf } from '../../../src/core/load/measurements.ts';
import { type MeasuredShard, mergeMeasurements } from '../../../src/core/load/merge-measurements.ts';
import { SAMPLE_ERROR_MS } from '../../../src/core/load/sample-text.ts';
import { isInShard, shareOf } from '../../../src/core/load/shard.ts';
import { measurementsIn, shardReportOf } from '../../../src/core/load/shard-report.ts';
import { fork } from '../../../src/core/random.ts';
import { journalEntry } from '../../support/journal-entry.ts';
import { callRecord, loadRun } from '../../support/load/load-run.ts';

const CALLS = 600;
const SHARDS = 8;
const OUTAGE = { from: 9_000, to: 14_000 };

/** Calls at random times, of which those fail, and are tried again, that begin in the outage. */
function wholeRun(): LoadRun {
  const random = fork(7, 'run');
  const entries = [];
  const records = [];
  for (let call = 0; call < CALLS; call++) {
    const at = call * 50 + random() * 40;
    const isHit = at >= OUTAGE.from && at < OUTAGE.to;
    const attempts = isHit ? 1 + Math.floor(random() * 4) : 1;
    let last = at + random() * 3;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const isLast = attempt === attempts;
      entries.push(
        journalEntry({
          seq: 0,
          logicalId: `call-${call}`,
          t_headers: last,
          t_end: last + 4,
          status: isLast && !(isHit && call % 3 === 0) ? 200 : 503,
          connId: call,
        }),
      );
      if (!isLast) last += 400 + random() * 800;
    }
    const ok = !(isHit && call % 3 === 0);
    const ended = { startedAt: at + random() * 2, settledAt: last + 5, ok, ...(ok ? {} : { error: '503' }) };
    const isDropped = call % 97 === 96;
    records.push(callRecord(`call-${call}`, at, isDropped ? { startedAt: null, settledAt: null, ok: null } : ended));
  }
  entries.sort((a, b) => a.t_headers - b.t_headers);
  return loadRun({
    records,
    entries: entries.map((entry, index) => ({ ...entry, seq: index + 1 })),
    workload: { model: 'open', text: '20/s', perSecond: 20, processes: SHARDS, maxInFlight: 100 },
    outages: [OUTAGE],
    loadUntil: 30_000,
    capacityPerSecond: 40,
    mockDelays: [{ at: 0, ms: 2 }],
    driverDelays: [{ at: 0, ms: 3 }],
    hammer: { connections: 9, answers: { 200: 8, 429: 80 }, perSecond: [40, 48] },
  });
}

const numberOf = (call: string) => Number(call.slice('call-'.length));

function shardOf(run: LoadRun, index: number): LoadRun {
  const shard = { index, of: SHARDS };
  const entries = run.entries.filter(({ logicalId }) => isInShard(numberOf(logicalId), shard));
  const { hammer } = run;
  return {
    ...run,
    records: run.records.filter(({ call }) => isInShard(numberOf(call), shard)),
    entries,
    histories: historiesOf(entries),
    workload: { ...run.workload, perSecond: 20 / SHARDS, processes: 1, maxInFlight: shareOf(100, shard) },
    // One connection goes to one shard.
    hammer: index === 1 ? hammer : undefined,
  };
}

/** All shards, written and read as reports have them. */
function writtenShards(run: LoadRun): MeasuredShard[] {
  return Array.from({ length: SHARDS }, (_, at) => {
    const place = {
      index: at + 1,
      of: SHARDS,
      beganAt: '',
      shared: true,
      forMs: 0,
      backgroundPerSecond: null,
      scenarioSha256: '',
    };
    const written = JSON.parse(JSON.stringify(shardReportOf(measurementsOf(shardOf(run, at + 1)), place, '20/s')));
    const measured = measurementsIn(written);
    if (measured === undefined) throw new Error('the samples cannot be read');
    return { index: at + 1, measured };
  });
}

/** Each number of the one report beside that of the other. */
function pairs(a: unknown, b: unknown, path = ''): (readonly [path: string, a: unknown, b: unknown])[] {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return [[path, a, b]];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  const of = (value: object, key: string) => (value as Record<string, unknown>)[key];
  return [...keys].flatMap((key) => pairs(of(a, key), of(b, key), `${path}.${key}`));
}

/** Ratios of lengths in time vary with them. */
const OF_TIMES = /Ms$|Ms\.|goodput|offered|gaps|timeline|toMeanAfterOutage/;

function expectEqual(merged: LoadReport, whole: LoadReport): void {
  for (const [path, a, b] of pairs(merged, whole)) {
    if (OF_TIMES.test(path) && typeof a === 'number' && typeof b === 'number') {
      // A moment at the edge of a span may fall to the other side of it.
      const isRate = /goodput|offered|timeline|toMean|dispersion/.test(path);
      expect(Math.abs(a - b), path).toBeLessThanOrEqual(isRate ? 0.02 * Math.abs(b) + 0.01 : 2 * SAMPLE_ERROR_MS + 1e-6);
    } else expect([path, a]).toEqual([path, b]);
  }
}

test('shards put together are the run of which they are, within the error of samples', () => {
  const run = wholeRun();
  const merged = figuresOf(mergeMeasurements(writtenShards(run), true));
  const whole = loadReportOf(run);
  expect(whole.recovery.state).toBe('recovered');
  expect(whole.hammer?.requests).toBe(88);
  expectEqual(merged, whole);
});

test('mocks of their own can do as much each, and an outage that each begins at its own time is one', () => {
  const run = wholeRun();
  const shards = writtenShards(run).map(({ index, measured }) => ({
    index,
    measured: {
      ...measured,
      outages: measured.outages.map(({ fromMs, toMs }) => ({ fromMs: fromMs + index, toMs: toMs + index })),
    },
  }));
  const { capacityPerSecond, outages } = mergeMeasurements(shards, false);
  expect(capacityPerSecond).toBe(320);
  expect(outages).toEqual([{ fromMs: 9_001, toMs: 14_008 }]);
});

test('why a shard was cut short is told with its number', () => {
  const [first, second] = writtenShards(wholeRun());
  if (first === undefined || second === undefined) throw new Error('there are eight');
  const cut = { index: 2, measured: { ...second.measured, cutShort: 'interrupted by SIGINT' } };
  expect(mergeMeasurements([first, cut], false).cutShort).toBe('shard 2: interrupted by SIGINT');
});
