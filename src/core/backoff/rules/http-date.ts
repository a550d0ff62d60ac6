import { LONG_HINT_MS } from '../history/retry-hint.ts';
import { judgeEarly } from '../kit/judge-early.ts';
import { defineRule } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';

export const httpDate = defineRule({
  id: 'http_date',
  summary: 'understands Retry-After as an HTTP-date',
  source: `${sources.retryAfter}; ${sources.httpDate}`,
  severity: 'high',
  confidence: 'deterministic',
  measures: 'arrival of the next attempt; fails more than 1 s before the date (info for the two obsolete forms)',
  falseAlarmBound: 0,
  advice: 'parse Retry-After as seconds or as an HTTP-date, and sleep until the date',
  bearsHidden: true,
  probe: {
    name: 'http-date',
    windowMs: 12_000,
    variants: [
      { name: 'imf', rules: [{ attempts: 1, fault: { rate_limit: { retry_after: { date: '5s' } } } }], calls: 2 },
      { name: 'rfc850', rules: [{ attempts: 1, fault: { rate_limit: { retry_after: { date: '5s', form: 'rfc850' } } } }] },
      { name: 'asctime', rules: [{ attempts: 1, fault: { rate_limit: { retry_after: { date: '5s', form: 'asctime' } } } }] },
    ],
  },
  looksAt: 'eventful calls',
  check: (subject) =>
    judgeEarly(subject, {
      what: 'the date in Retry-After',
      blames: ({ before }) => before.asked?.kind === 'date',
      excuse: 'after one of the two obsolete forms (RFC 850, asctime), which few clients read',
      wants: ({ asked }) => (asked?.kind === 'date' || asked?.kind === 'obsolete_date') && (asked.waitMs ?? 0) <= LONG_HINT_MS,
    }),
});
