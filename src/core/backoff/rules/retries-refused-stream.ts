import { isNotProcessed } from '../history/is-not-processed.ts';
import { judgeRetried } from '../kit/retried.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { RuleEvidence } from '../kit/rule-evidence.ts';
import { sources } from '../kit/sources.ts';

export const retriesRefusedStream = defineRule({
  id: 'retries_refused_stream',
  summary: 'retries a stream of HTTP/2 that the server did not process',
  source: sources.unprocessedStreams,
  severity: 'medium',
  confidence: 'deterministic',
  measures:
    'attempts after REFUSED_STREAM, and after a GOAWAY whose last stream comes before; warns when never retried, fails where `retries` declares `transport`',
  falseAlarmBound: 0,
  advice: 'send a request again that was refused as a stream: it was not processed, and costs nothing',
  bearsHidden: true,
  probe: {
    name: 'retries-refused-stream',
    windowMs: 15_000,
    variants: [
      { name: 'refused stream', rules: [{ attempts: 1, fault: { stream_reset: { code: 'refused_stream' } } }], calls: 2 },
      { name: 'goaway', rules: [{ attempts: 1, fault: { goaway: { serve_open: false } } }], calls: 2 },
    ],
  },
  check: (subject) => {
    if (!subject.entries.some(({ streamId }) => streamId !== null)) return notApplicable('no request came by HTTP/2');
    const ruling = judgeRetried(subject, {
      kindOf: ({ entry }) => (isNotProcessed(entry) ? WHAT : undefined),
      declared: () => subject.policy.retries.includes('transport'),
      otherwise: 'warn',
    });
    const replayed = replayedByStack(subject);
    if (ruling.verdict !== 'not_applicable' || replayed === 0) return ruling;
    return { verdict: 'pass', explain: `the network stack sends ${WHAT} again by itself`, n: replayed };
  },
});

const WHAT = 'streams that were not processed';

/** How many calls had a stream that was not processed, and that a network stack sent again at once. */
function replayedByStack({ calls, entries }: RuleEvidence): number {
  const refused = new Set(entries.filter(isNotProcessed).map(({ logicalId }) => logicalId));
  return calls.filter(({ id, replays }) => replays.length > 0 && refused.has(id)).length;
}
