import { plural } from '../../text/plural.ts';
import type { Gap } from '../history/call-history.ts';
import { asksForChange } from '../history/permanent.ts';
import { backoffProbe } from '../kit/backoff-probe.ts';
import { gapObservation } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';
import { varietyOfBodies } from '../kit/variety-of-bodies.ts';

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
    const rewritten = gaps.filter(({ gap }) => gap.before.entry.bodySha256 !== gap.after.entry.bodySha256);
    const of = (variety: string) => rewritten.filter(({ gap }) => varietyIn(gap) === variety && !isResumption(gap));
    const [changed, unread] = [of('several'), of('unknown')];
    const told = changed.length > 0 ? changed : unread;
    return {
      verdict: changed.length > 0 ? 'warn' : unread.length > 0 ? 'inconclusive' : 'pass',
      explain:
        changed.length > 0
          ? `${changed.length} of ${plural(gaps.length, 'retry')} sent another body`
          : unread.length > 0
            ? `${unread.length} of ${plural(gaps.length, 'retry')} came in other bytes, of bodies that are not kept or no JSON`
            : `${plural(gaps.length, 'retry')} said the same${rewritten.length > 0 ? `, ${rewritten.length} of them in other bytes` : ''}`,
      n: gaps.length,
      statistic: { name: 'retries with another body', value: changed.length, unit: 'attempts' },
      threshold: 1,
      evidence: told.map(({ call, gap }) => gapObservation(call, gap, bodiesOf(gap))),
    };
  },
});

function varietyIn({ before, after }: Gap) {
  return varietyOfBodies([before.entry, after.entry]);
}

/** The same question, with what a broken stream had delivered: the answer goes on from there. */
function isResumption({ before, after }: Gap): boolean {
  const { question, eventsOut } = before.entry;
  return eventsOut > 0 && question !== null && question === after.entry.question;
}

function bodiesOf({ before, after }: Gap): string {
  return `body ${before.entry.bodySha256.slice(0, 8)} then ${after.entry.bodySha256.slice(0, 8)}`;
}
