import { loadFindings } from '../../../src/core/load/load-findings.ts';
import { loadReportOf } from '../../../src/core/load/load-report.ts';
import type { ReportInput } from '../../../src/core/report/report.ts';
import { type Exchange, journalOf, T0 } from '../exchanges.ts';
import { callRecord, loadRun } from '../load/load-run.ts';
import { reportInput } from '../runs.ts';

/** A fleet under load whose calls come back twenty times, each time after a tenth of a second, for as long as they are refused. */
export function fleetRun(calls = 120): ReportInput {
  const exchanges: Exchange[] = [];
  const records = Array.from({ length: calls }, (_, index) => {
    const call = `call-${index + 1}`;
    const start = index * 100;
    const down = start >= 3_000;
    for (let attempt = 0; attempt < (down ? 20 : 1); attempt++)
      exchanges.push({ call, at: start + attempt * 100, tookMs: 2, status: down ? 503 : 200 });
    return callRecord(call, T0 + start, { ok: !down, settledAt: T0 + start + (down ? 1_902 : 3) });
  });
  const entries = journalOf(exchanges);
  const outages = [{ from: T0 + 3_000, to: T0 + 6_000 }];
  const input = reportInput(entries, outages);
  const load = loadReportOf(
    loadRun({ records, entries, outages, capacityPerSecond: 40, from: T0, steadyFrom: T0, loadUntil: T0 + calls * 100 }),
  );
  const findings = [...loadFindings(load, { recoversWithinMs: 1_000, amplification: 3 }), ...input.verdict.findings];
  return { ...input, verdict: { ...input.verdict, verdict: 'fail', findings }, load };
}
