import { firstAfter } from '../../collections/first-after.ts';
import { firstFrom } from '../../collections/first-from.ts';
import { failureKnownAt } from '../../journal/calls.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { plural } from '../../text/plural.ts';
import { type AskedTarget, type AskedTargets, askedTargets } from '../history/asked-targets.ts';
import { failureText } from '../history/failure.ts';
import { type FailureRow, failureRows } from '../history/failure-row.ts';
import { knownAfter } from '../kit/known-after.ts';
import { seconds } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { Stall } from '../kit/rule-evidence.ts';
import { sources } from '../kit/sources.ts';
import { targetDownProbe } from '../kit/targets-probes.ts';
import { retriesTransient } from './retries-transient.ts';

const AFTER = 5;
const FOR_MS = 5_000;
/** On a busy machine two requests may be later than that: one is not enough (`npm run simulate:fleets`: 1 of 4,000 runs). */
const FORGIVEN = 2;
/** So few may come to a target that was left alone. */
const FEW = 1;

export const breakerOpens = defineRule({
  id: 'breaker_opens',
  summary: 'leaves a target alone after several failures in a row',
  source: `Azure, Circuit Breaker pattern, https://learn.microsoft.com/en-us/azure/architecture/patterns/circuit-breaker; ${sources.cascading}`,
  severity: 'medium',
  confidence: 'deterministic',
  comparesTargets: true,
  measures: `requests to a target, more than ${FORGIVEN} of them, within ${FOR_MS / 1_000} s after ${AFTER} failures of it in a row, while something else is asked; fails at one where the policy has \`breaker: { after, for }\`, which replaces both numbers`,
  falseAlarmBound: 0,
  advice:
    'count failures by target, open after a few in a row, answer from another target or fail fast meanwhile, then let one probe through',
  probe: retriesTransient.probe,
  targetsProbe: targetDownProbe,
  check: ({ entries, policy, stalls = [] }) => {
    const { after, forMs } = policy.breaker ?? { after: AFTER, forMs: FOR_MS };
    const all = askedTargets(entries);
    const openings = all.targets.flatMap((own) =>
      failureRows(own.entries).flatMap((row) => openingsOf(row, { after, forMs, own, all, stalls })),
    );
    if (openings.length === 0) return notApplicable(`no target failed ${after} times in a row`);
    const pushed = openings.filter(({ pushes }) => pushes.length > FORGIVEN);
    const shown = openings.filter(({ wasLeftAlone }) => wasLeftAlone);
    const ruling = {
      n: openings.length,
      statistic: {
        name: 'requests to an open target',
        value: pushed.reduce((sum, { pushes }) => sum + pushes.length, 0),
        unit: 'calls',
      } as const,
      threshold: FORGIVEN + 1,
      correlation: 'exact' as const,
    };
    if (pushed.length > 0) {
      return {
        ...ruling,
        verdict: policy.breaker === undefined ? 'info' : 'fail',
        explain: `${plural(ruling.statistic.value, 'request')} came within ${seconds(forMs)} after ${after} failures in a row`,
        evidence: pushed.map(({ last, pushes }) => ({
          call: last.logicalId,
          entries: [last, ...pushes].slice(0, 10).map(({ seq }) => seq),
          line: `${failureText(last)}, ${after} in a row → ${plural(pushes.length, 'request')} more`,
        })),
      };
    }
    if (shown.length === 0) return notApplicable('after the failures too little was asked to tell');
    return {
      ...ruling,
      verdict: 'pass',
      explain: `after ${after} failures in a row a target was left alone for ${seconds(forMs)}, while others were asked`,
    };
  },
});

interface Opening {
  /** The failure that should have opened the breaker. */
  readonly last: JournalEntry;
  readonly pushes: readonly JournalEntry[];
  /** While others were asked. What may have been under way counts, too: it shows no breaker. */
  readonly wasLeftAlone: boolean;
}

interface Breaker {
  readonly after: number;
  readonly forMs: number;
  /** What was asked of the target. */
  readonly own: AskedTarget;
  /** What was asked of all targets. */
  readonly all: AskedTargets;
  readonly stalls: readonly Stall[];
}

/**
 * When a breaker should have opened in a row of failures. After each time, failures are counted anew: some breakers close when
 * their time is over. A target that was then left alone for long enough starts the count again.
 */
function openingsOf({ failures, overAt }: FailureRow, breaker: Breaker): Opening[] {
  const { after, forMs, own, stalls } = breaker;
  const told = failures
    .map((entry) => ({ entry, at: failureKnownAt(entry) ?? entry.t_headers }))
    .sort((one, other) => one.at - other.at);
  const openings: Opening[] = [];
  let count = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { entry, at } of told) {
    if (at <= until) continue;
    if (openings.length > 0 && restBefore(entry, own) >= forMs) count = 0;
    count += 1;
    if (count < after) continue;
    count = 0;
    until = Math.min(at + forMs, overAt ?? Number.POSITIVE_INFINITY);
    const from = knownAfter(at, stalls);
    openings.push(openingAfter(entry, { at, from, until }, breaker));
  }
  return openings;
}

/** How long the target had been asked nothing when the request came. */
function restBefore({ t_headers: at }: JournalEntry, { times }: AskedTarget): number {
  return at - (times[firstFrom(times, at) - 1] ?? at);
}

function openingAfter(
  last: JournalEntry,
  { at, from, until }: { readonly at: number; readonly from: number; readonly until: number },
  { own: { entries, times }, all }: Breaker,
): Opening {
  const stillAsked = firstFrom(times, until) - firstAfter(times, at);
  return {
    last,
    pushes: entries.slice(firstAfter(times, from), firstFrom(times, until)),
    wasLeftAlone: stillAsked <= FEW && all.asksOthers(last, from, until),
  };
}
