import { plural } from '../../text/plural.ts';
import { probeOf } from '../kit/probe.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';

const NEEDED = 200;
const BUDGETED = 1.2;
const STORM = 4;

export const retryBudget = defineRule({
  id: 'retry_budget',
  summary: 'retries less when everything fails',
  source: `${sources.overload}; ${sources.budget}`,
  severity: 'low',
  confidence: 'deterministic',
  measures: `attempts per call in the second half of ${NEEDED} calls of which none succeeds; passes up to ${BUDGETED}, warns above ${STORM}`,
  falseAlarmBound: 0,
  advice: 'keep a token bucket: a success earns a tenth of a retry, a retry costs one',
  probe: {
    ...probeOf('retry-budget', 30_000, { rules: [{ fault: 'overloaded' }], calls: 200, staggerMs: 25 }),
    delayMs: 9_000,
    oneProcess: true,
  },
  check: ({ calls }) => {
    const outage = calls.filter(({ tries }) => tries.every(({ failure }) => failure === 'status' || failure === 'transport'));
    if (outage.length < NEEDED || outage.length < calls.length * 0.9)
      return notApplicable(
        `a total outage of at least ${NEEDED} calls is needed, ${plural(outage.length, 'call')} failed throughout`,
      );
    const late = outage.slice(Math.floor(outage.length / 2));
    const value = late.reduce((sum, { tries }) => sum + tries.length, 0) / late.length;
    return {
      verdict: value <= BUDGETED ? 'pass' : value > STORM ? 'warn' : 'info',
      explain:
        value <= BUDGETED
          ? `a retry budget holds: ×${value.toFixed(2)} late in the outage`
          : `no retry budget: ×${value.toFixed(2)} late in the outage`,
      n: late.length,
      statistic: { name: 'attempts per call', value, unit: 'ratio' },
      threshold: STORM,
    };
  },
});
