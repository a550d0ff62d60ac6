import { cutShort } from '../backoff/cut-short.ts';
import type { LoadExpectation } from '../backoff/policy.ts';
import type { Verdict } from '../backoff/verdict.ts';
import type { LoadReport } from './load-report.ts';
import { unmeasured } from './unmeasured.ts';

/**
 * The verdict on a fleet. A load that was cut short passes nothing; expectations that nothing in a whole one could measure
 * were not exercised: nobody has kept them.
 */
export function loadVerdict(verdict: Verdict, report: LoadReport, expected: LoadExpectation = {}): Verdict {
  if (report.cutShort !== null) return cutShort(verdict, report.cutShort);
  const asked = [
    ...(expected.recoversWithinMs === undefined ? [] : ['recovers_within']),
    ...(expected.goodput === undefined ? [] : ['goodput']),
  ];
  const why = unmeasured(report.recovery.state);
  if (asked.length === 0 || why === undefined || verdict.verdict === 'fail' || !verdict.exercised) return verdict;
  const explain = `not exercised: ${why}; ${asked.join(' and ')} cannot be judged`;
  return { ...verdict, verdict: 'inconclusive', exercised: false, explain };
}
