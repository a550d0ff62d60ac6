import { isNotProcessed } from '../history/is-not-processed.ts';
import { judgeRetried } from '../kit/retried.ts';
import { defineRule } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';

export const retriesTransport = defineRule({
  id: 'retries_transport',
  summary: 'retries when the connection breaks before an answer',
  source: sources.idempotentMethods,
  severity: 'medium',
  confidence: 'deterministic',
  measures: 'attempts after a reset or an empty response; info when never retried, fails where `retries` declares `transport`',
  falseAlarmBound: 0,
  advice: 'treat a broken connection like a 503: retry with backoff',
  bearsHidden: true,
  probe: {
    name: 'retries-transport',
    windowMs: 15_000,
    variants: [
      { name: 'empty response', rules: [{ attempts: 1, fault: 'empty_response' }], calls: 2 },
      { name: 'reset', rules: [{ attempts: 1, fault: { connection_reset: { at: 'headers' } } }], calls: 2 },
    ],
  },
  check: (subject) =>
    judgeRetried(subject, {
      kindOf: ({ failure, entry }) => (failure === 'transport' && !isNotProcessed(entry) ? 'broken connections' : undefined),
      declared: () => subject.policy.retries.includes('transport'),
      otherwise: 'info',
    }),
});
