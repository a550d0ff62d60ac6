import type { LoadExpectation } from '../backoff/policy.ts';
import type { Verdict } from '../backoff/verdict.ts';
import type { LoadReport } from './load-report.ts';
import { unmeasured } from './unmeasured.ts';

/** The verdict on a fleet. Expectations that nothing in the run could measure were not exercised: nobody has kept them. */
export function loadVerdict(verdict: Verdict, { recovery }: LoadReport, expected: LoadExpectation = {}): Verdict {
  const asked = [
    ...(expected.recoversWithinMs === undefined ? [] : ['recovers_within']),
    ...(expected.goodput === undefined ? [] : ['goodput']),
  ];
  const why = unmeasured(recovery.state);
  if (asked.length === 0 || why === undefined || verdict.verdict === 'fail' || !verdict.exercised) return verdict;
  const explain = `not exercised: ${why}; ${asked.join(' and ')} cannot be judged`;
  return { ...verdict, verdict: 'inconclusive', exercised: false, explain };
}
