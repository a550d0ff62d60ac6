import { LONG_HINT_MS } from '../history/retry-hint.ts';
import { judgeEarly } from '../kit/judge-early.ts';
import { overlongWaits } from '../kit/overlong-waits.ts';
import { defineRule } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';

export const longHint = defineRule({
  id: 'long_hint',
  summary: 'told to wait long, waits or gives up, but never retries earlier',
  source: sources.retryAfter,
  severity: 'high',
  confidence: 'deterministic',
  measures: 'hints above 30 s: fails when a retry comes before the hint ends; info where the end of the hint was not watched',
  falseAlarmBound: 0,
  advice: 'wait for the whole hint, or give up at once when it is longer than you want to wait; never cap it and retry early',
  probe: {
    name: 'long-hint',
    windowMs: 14_000,
    fullWindowMs: 130_000,
    variants: [
      { name: '61 s', rules: [{ attempts: 1, fault: { rate_limit: { retry_after: '61s' } } }] },
      { name: '121 s', rules: [{ attempts: 1, fault: { rate_limit: { retry_after: '121s' } } }] },
      { name: '600 s', rules: [{ attempts: 1, fault: { rate_limit: { retry_after: '600s' } } }] },
      { name: 'date in 75 s', rules: [{ attempts: 1, fault: { rate_limit: { retry_after: { date: '75s' } } } }] },
    ],
  },
  looksAt: 'eventful calls',
  check: (subject) => {
    const ruling = judgeEarly(subject, {
      what: 'a long hint',
      blames: () => true,
      wants: ({ asked }) => asked !== undefined && (asked.waitMs ?? 0) > LONG_HINT_MS,
    });
    return ruling.verdict === 'fail' ? ruling : (overlongWaits(subject) ?? ruling);
  },
});
