import { plural } from '../../text/plural.ts';
import type { Gap } from '../history/call-history.ts';
import { hasSameBody } from '../history/has-same-body.ts';
import { asksForChange } from '../history/permanent.ts';
import { backoffProbe } from '../kit/backoff-probe.ts';
import { gapObservation } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';

export const sameBody = defineRule({
  id: 'same_body',
  summary: 'sends the same body again',
  source: sources.idempotentMethods,
  severity: 'medium',
  confidence: 'deterministic',
  measures: 'bodies of the attempts of a call that has a name; warns when they differ as JSON without stream_options',
  falseAlarmBound: 0,
  advice: 'build the request once, outside of the retry loop',
  bearsHidden: true,
  probe: backoffProbe,
  looksAt: 'eventful calls',
  check: ({ calls, policy }) => {
    // Where attempts are recognised by what they say, their bodies are equal by definition.
    const named = calls.filter(
      ({ method }) => method === 'path' || method === 'client-request-id' || method === 'idempotency-key',
    );
    // After an error that stays, only another body helps.
    const gaps = named.flatMap((call) =>
      call.gaps.filter(({ before }) => !asksForChange(before.entry, policy)).map((gap) => ({ call, gap })),
    );
    if (gaps.length === 0) return notApplicable('no call with a name of its own was retried');
    const changed = gaps.filter(({ gap }) => !hasSameBody(gap.before.entry, gap.after.entry) && !isResumption(gap));
    const reordered =
      gaps.filter(({ gap }) => gap.before.entry.bodySha256 !== gap.after.entry.bodySha256).length - changed.length;
    return {
      verdict: changed.length > 0 ? 'warn' : 'pass',
      explain:
        changed.length > 0
          ? `${changed.length} of ${plural(gaps.length, 'retry')} sent another body`
          : `${plural(gaps.length, 'retry')} said the same${reordered > 0 ? `, ${reordered} of them in other bytes` : ''}`,
      n: gaps.length,
      statistic: { name: 'retries with another body', value: changed.length, unit: 'attempts' },
      threshold: 1,
      evidence: changed.map(({ call, gap }) => gapObservation(call, gap, bodiesOf(gap))),
    };
  },
});

/** The same question, with what a broken stream had delivered: the answer goes on from there. */
function isResumption({ before, after }: Gap): boolean {
  const { question, eventsOut } = before.entry;
  return eventsOut > 0 && question !== null && question === after.entry.question;
}

function bodiesOf({ before, after }: Gap): string {
  return `body ${before.entry.bodySha256.slice(0, 8)} then ${after.entry.bodySha256.slice(0, 8)}`;
}
