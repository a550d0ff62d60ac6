import { cutShort } from '../backoff/history/cut-short.ts';
import type { Verdict } from '../backoff/verdict/verdict.ts';
import type { LoadExpectation } from '../policy/policy.ts';
import type { LoadReport } from './load-report.ts';
import { LATE_DRIVER, unmeasured } from './unmeasured.ts';

/**
 * The verdict on a fleet. A load that was cut short passes nothing, nor does one whose calls all failed, or whose outage a
 * late driver has measured. Expectations that nothing in a whole load could measure were not exercised: they were not kept.
 */
export function loadVerdict(verdict: Verdict, report: LoadReport, expected: LoadExpectation = {}): Verdict {
  if (report.cutShort !== null) return cutShort(verdict, report.cutShort);
  const open = undecided(report);
  if (open !== undefined && verdict.verdict !== 'fail') return { ...verdict, verdict: 'inconclusive', explain: open };
  const asked = [
    ...(expected.recoversWithinMs === undefined ? [] : ['recovers_within']),
    ...(expected.goodput === undefined ? [] : ['goodput']),
  ];
  const why = unmeasured(report.recovery.state);
  if (asked.length === 0 || why === undefined || verdict.verdict === 'fail' || !verdict.exercised) return verdict;
  const explain = `not exercised: ${why}; ${asked.join(' and ')} cannot be judged`;
  return { ...verdict, verdict: 'inconclusive', exercised: false, explain };
}

/** Why the load shows nothing that a fleet could pass by; undefined where it does. */
function undecided({ calls, attempts, recovery, exactness, outages }: LoadReport): string | undefined {
  if (attempts > 0 && calls.scheduled > 0 && calls.ok === 0)
    return `none of ${calls.scheduled} calls ended well, so that nothing was put to the test: see the errors, or let some calls succeed`;
  if (exactness.saturated && outages.length > 0 && unmeasured(recovery.state) === undefined)
    return `${LATE_DRIVER}, so that what became of the service after the outage is not known: take a lower rate, more processes, or a quieter machine`;
  return undefined;
}
