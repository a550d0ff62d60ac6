import { plural } from '../../text/plural.ts';
import { probeOf } from '../kit/probe.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';

export const pacesOnHeaders = defineRule({
  id: 'paces_on_headers',
  summary: 'slows down when x-ratelimit-remaining says that nothing is left',
  source: `${sources.rateLimits}; ${sources.rateLimitFields}`,
  severity: 'low',
  confidence: 'deterministic',
  measures:
    'arrival of the next request of the key after a success that leaves 0; info when it comes before the reset (no client tested paces)',
  falseAlarmBound: 0,
  advice: 'read x-ratelimit-remaining-* and x-ratelimit-reset-* of successes, and wait before the limit refuses',
  probe: {
    ...probeOf('paces-on-headers', 15_000, { rules: [], limits: { '*': { rpm: 5 } }, calls: 10, staggerMs: 300 }),
    oneProcess: true,
  },
  check: ({ entries }) => {
    const told = entries.filter(({ status, paceDueAt }) => status === 200 && paceDueAt !== null);
    const followed = told.flatMap((entry) => {
      const next = entries.find(
        (other) =>
          other.authorizationHash === entry.authorizationHash && other.t_headers > (entry.t_firstByteBefore ?? entry.t_headers),
      );
      return next === undefined ? [] : [next.t_headers >= (entry.paceDueAt ?? 0) - 5];
    });
    if (followed.length === 0) return notApplicable('no success that left nothing was followed by another request');
    const paced = followed.filter((waited) => waited).length;
    return {
      verdict: paced === followed.length ? 'pass' : 'info',
      explain: `${paced} of ${plural(followed.length, 'request')} after an exhausted limit waited for its reset`,
      n: followed.length,
      statistic: { name: 'share that waited', value: paced / followed.length, unit: 'share' },
    };
  },
});
