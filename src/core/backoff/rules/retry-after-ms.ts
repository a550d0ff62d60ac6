import { LONG_HINT_MS } from '../history/retry-hint.ts';
import { judgeEarly } from '../kit/judge-early.ts';
import { defineRule } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';

export const retryAfterMs = defineRule({
  id: 'retry_after_ms',
  summary: 'waits at least as long as retry-after-ms says, or Retry-After beside it',
  source: `${sources.sdk}; ${sources.retryAfterMs}`,
  severity: 'medium',
  confidence: 'deterministic',
  measures:
    'time from the first byte to the next attempt; fails before the earlier of both headers; info for clients that do not know retry-after-ms',
  falseAlarmBound: 0,
  advice: 'read retry-after-ms before Retry-After, and sleep at least the shorter of both',
  bearsHidden: true,
  probe: {
    name: 'retry-after-ms',
    windowMs: 12_000,
    variants: [
      {
        name: 'alone',
        rules: [{ attempts: 1, fault: { rate_limit: { retry_after: 'none', retry_after_ms: '1500ms' } } }],
        calls: 2,
      },
      {
        name: 'beside seconds',
        rules: [{ attempts: 1, fault: { rate_limit: { retry_after: '4s', retry_after_ms: '1500ms' } } }],
        calls: 2,
      },
    ],
  },
  looksAt: 'eventful calls',
  check: (subject) =>
    judgeEarly(subject, {
      what: 'retry-after-ms',
      // The header is no standard: only clients of Stainless that count this retry themselves must know it, or who was told in seconds too.
      blames: ({ before, after }) =>
        before.entry.hint?.other !== undefined ||
        ('x-stainless-lang' in after.entry.headers && (after.retryCount ?? 0) > (before.retryCount ?? 0)),
      excuse: 'by clients or layers that need not know retry-after-ms',
      wants: ({ asked }) => asked?.kind === 'ms' && (asked.waitMs ?? 0) <= LONG_HINT_MS,
    }),
});
