import { LONG_HINT_MS } from '../history/retry-hint.ts';
import { judgeEarly } from '../kit/judge-early.ts';
import { defineRule } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';

export const neverEarly = defineRule({
  id: 'never_early',
  summary: 'waits at least as long as Retry-After says',
  source: sources.retryAfter,
  severity: 'critical',
  confidence: 'deterministic',
  measures:
    'time from the first byte of a 429 or 503 to the next attempt; fails more than 5 ms + 0.1 % before the hint ends; what one key and model was told holds for its own next attempt',
  falseAlarmBound: 0,
  advice: 'sleep for the whole Retry-After of the latest answer, counted from its arrival, before the next attempt',
  bearsHidden: true,
  probe: {
    name: 'never-early',
    windowMs: 15_000,
    variants: [
      { name: '429', rules: [{ attempts: '1..2', fault: { rate_limit: { retry_after: '2s' } } }], calls: 2 },
      { name: '503', rules: [{ attempts: 1, fault: { overloaded: { retry_after: '2s' } } }], calls: 2 },
      {
        name: 'growing',
        rules: [
          {
            per: 'call',
            sequence: [
              { rate_limit: { retry_after: '1s' } },
              { rate_limit: { retry_after: '2s' } },
              { rate_limit: { retry_after: '4s' } },
            ],
          },
        ],
      },
    ],
  },
  looksAt: 'eventful calls',
  check: (subject) =>
    judgeEarly(subject, {
      what: 'Retry-After in seconds',
      // Some clients honour the header on 429 and 503 alone.
      blames: ({ before }) => before.entry.status === 429 || before.entry.status === 503,
      excuse: 'after another status than 429 and 503',
      wants: ({ asked }) => asked?.kind === 'seconds' && (asked.waitMs ?? 0) <= LONG_HINT_MS,
    }),
});
