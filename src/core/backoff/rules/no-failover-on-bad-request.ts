import { groupBy } from '../../collections/group-by.ts';
import { failureKnownAt } from '../../journal/calls.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { plural } from '../../text/plural.ts';
import { askedTargets } from '../history/asked-targets.ts';
import { failureOf, failureText } from '../history/failure.ts';
import { sameTarget } from '../history/same-target.ts';
import { targetName } from '../history/target.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';
import { badRequestProbe } from '../kit/targets-probes.ts';
import { noRetryPermanent } from './no-retry-permanent.ts';

/** What is wrong with the request itself is wrong everywhere. */
const BAD_REQUEST: ReadonlySet<number | null> = new Set([400, 413, 422]);
/** A larger window elsewhere is a remedy. */
const REMEDIED: ReadonlySet<unknown> = new Set(['context_length_exceeded']);
/** The same question later than this is asked anew. */
const SOON_MS = 5_000;

export const noFailoverOnBadRequest = defineRule({
  id: 'no_failover_on_bad_request',
  summary: 'does not try a request that is wrong in itself at the next target',
  source: `${sources.errorCodes}; LiteLLM #34023, https://github.com/BerriAI/litellm/issues/34023`,
  severity: 'medium',
  confidence: 'deterministic',
  comparesTargets: true,
  measures: `questions refused with 400, 413 or 422 that another target is asked within ${SOON_MS / 1_000} s; not where the program asks several targets the same also after a success; a context window that is too small is excused`,
  falseAlarmBound: 0,
  advice: 'fail over after 429, 5xx, timeouts and broken connections only; give a 400, 413 or 422 back to the caller',
  probe: noRetryPermanent.probe,
  targetsProbe: badRequestProbe,
  check: ({ entries }) => {
    const targets = askedTargets(entries).targets.filter((target) => target.entries.some(({ question }) => question !== null));
    if (targets.length < 2) return notApplicable('one target was asked');
    const asked = entries.filter(({ question, t_bodyEnd }) => question !== null && t_bodyEnd !== null);
    const questions = [...groupBy(asked, ({ question }) => question ?? '').values()];
    const refused = questions.filter((same) => same.some(isBadRequest));
    if (refused.length === 0) return notApplicable('no request was refused as wrong in itself');
    const repeated = refused.flatMap((same) => askedElsewhere(same, isBadRequest));
    const ruling = {
      n: refused.length,
      statistic: { name: 'questions asked elsewhere', value: repeated.length, unit: 'calls' } as const,
      threshold: 1,
      correlation: 'likely' as const,
    };
    if (repeated.length === 0)
      return { ...ruling, verdict: 'pass', explain: `${plural(refused.length, 'bad request')} went to no other target` };
    if (questions.some((same) => askedElsewhere(same, (entry) => failureOf(entry) === undefined).length > 0))
      return { ...ruling, verdict: 'inconclusive', explain: 'the program asks several targets the same after successes, too' };
    return {
      ...ruling,
      verdict: 'warn',
      explain: `${repeated.length} of ${plural(refused.length, 'bad request')} went on to another target`,
      evidence: repeated.map(({ before, after }) => ({
        call: before.logicalId,
        entries: [before.seq, after.seq],
        line: `${failureText(before)} → asked again of ${targetName(after, before)}`,
      })),
    };
  },
});

function isBadRequest(entry: JournalEntry): boolean {
  return BAD_REQUEST.has(entry.status) && !REMEDIED.has(entry.errorCode) && entry.faultApplied?.passes !== true;
}

interface Repeated {
  readonly before: JournalEntry;
  readonly after: JournalEntry;
}

/** The first of these requests of one question that another target was asked next; at most one a question. */
function askedElsewhere(same: readonly JournalEntry[], isOver: (entry: JournalEntry) => boolean): Repeated[] {
  const sorted = same.toSorted((a, b) => a.t_headers - b.t_headers);
  for (const [index, before] of sorted.entries()) {
    const from = isOver(before) ? (failureKnownAt(before) ?? before.t_end) : null;
    const after = sorted[index + 1];
    if (from === null || after === undefined || sameTarget(before, after)) continue;
    if (after.t_headers >= from && after.t_headers < from + SOON_MS) return [{ before, after }];
  }
  return [];
}
