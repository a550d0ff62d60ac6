import { plural } from '../../text/plural.ts';
import { gapObservation, tryObservation } from '../kit/observation.ts';
import { mayComeBack, wasAborted } from '../kit/retried.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';

export const obeysShouldRetry = defineRule({
  id: 'obeys_should_retry',
  summary: 'does what x-should-retry says',
  source: sources.sdk,
  severity: 'low',
  confidence: 'deterministic',
  measures:
    'clients with x-stainless-* headers: fails when they themselves retry after `false`, warns when they do not after `true`',
  falseAlarmBound: 0,
  advice: 'read x-should-retry before the status: false means stop, true means try again',
  probe: {
    name: 'obeys-should-retry',
    windowMs: 10_000,
    variants: [
      { name: 'false on 500', rules: [{ fault: { server_error: { should_retry: false } } }] },
      { name: 'true on 400', rules: [{ attempts: 1, fault: { invalid_value: { should_retry: true } } }] },
    ],
  },
  check: (subject) => {
    const { calls } = subject;
    const stainless = calls.filter(({ tries }) => 'x-stainless-lang' in (tries[0]?.entry.headers ?? {}));
    const told = stainless.flatMap((call) =>
      call.tries.filter(({ entry }) => entry.shouldRetry !== null).map((attempt) => ({ call, attempt })),
    );
    if (told.length === 0) return notApplicable('no client with x-stainless headers was sent x-should-retry');
    // A layer above that starts anew (a count that does not go up) is the business of amplification.
    const defied = told.flatMap(({ call, attempt }) =>
      call.gaps
        .filter(({ before, after }) => before === attempt && (after.retryCount ?? 0) > (before.retryCount ?? 0))
        .filter(() => attempt.entry.shouldRetry === 'false')
        .map((gap) => ({ call, gap })),
    );
    const stopped = told.filter(
      ({ call, attempt }) =>
        attempt.entry.shouldRetry === 'true' &&
        (attempt.retryCount ?? 0) === 0 &&
        call.tries.at(-1) === attempt &&
        !(call.replaced || wasAborted(call, subject) || mayComeBack(attempt, subject)),
    );
    return {
      verdict: defied.length > 0 ? 'fail' : stopped.length > 0 ? 'warn' : 'pass',
      explain: `${plural(defied.length, 'retry')} after x-should-retry: false, ${plural(stopped.length, 'stop')} after true`,
      n: told.length,
      statistic: { name: 'answers not heeded', value: defied.length + stopped.length, unit: 'calls' },
      threshold: 1,
      evidence: [
        ...defied.map(({ call, gap }) => gapObservation(call, gap, 'told not to retry')),
        ...stopped.map(({ call, attempt }) => tryObservation(call, attempt, 'told to retry, did not')),
      ],
    };
  },
});
