import { historiesOf } from '../../../src/core/backoff/history/history.ts';
import type { JournalEntry } from '../../../src/core/journal/entry.ts';
import type { CallRecord } from '../../../src/core/load/call-record.ts';
import type { LoadRun } from '../../../src/core/load/load-run.ts';

/** A call that started in time and ended well after 10 ms, unless the parts say otherwise. */
export function callRecord(call: string, scheduledAt: number, parts: Partial<CallRecord> = {}): CallRecord {
  return { call, process: 'p1', scheduledAt, startedAt: scheduledAt, settledAt: scheduledAt + 10, ok: true, ...parts };
}

/** A load run of ten seconds at ten calls a second; histories follow from the entries. */
export function loadRun(parts: Partial<LoadRun> & { readonly entries?: readonly JournalEntry[] } = {}): LoadRun {
  const entries = parts.entries ?? [];
  return {
    workload: { model: 'open', text: '10/s constant arrivals', perSecond: 10, processes: 1, maxInFlight: 100 },
    records: [],
    entries,
    histories: historiesOf(entries),
    background: [],
    outages: [],
    brownOuts: [],
    capacityPerSecond: null,
    from: 0,
    steadyFrom: 0,
    loadUntil: 10_000,
    mockDelays: [],
    driverDelays: [],
    promptTokens: 10,
    cutShort: null,
    ...parts,
  };
}
