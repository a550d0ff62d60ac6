import { firstAfter } from '../../collections/first-after.ts';
import { firstFrom } from '../../collections/first-from.ts';
import { failureKnownAt } from '../../journal/calls.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { plural } from '../../text/plural.ts';
import { type AskedTarget, type AskedTargets, askedTargets } from '../history/asked-targets.ts';
import { failureRows } from '../history/failure-row.ts';
import { seconds } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';
import { targetDownProbe } from '../kit/targets-probes.ts';
import { retriesTransient } from './retries-transient.ts';

/** A target that failed so often in a row is taken for down. */
const DOWN = 5;
/** So long without a request, while others are asked, shows a breaker that is open. */
const IDLE_MS = 1_000;
/** So many at once are forgiven: some breakers let a few through. */
const FEW = 3;
/** What comes so soon after the first probe was sent before its answer was known. */
const TOGETHER_MS = 50;

export const oneProbe = defineRule({
  id: 'one_probe',
  summary: 'asks a target that was down with few requests at first',
  source: `Azure, Circuit Breaker pattern, https://learn.microsoft.com/en-us/azure/architecture/patterns/circuit-breaker; ${sources.metastable}`,
  severity: 'medium',
  confidence: 'deterministic',
  comparesTargets: true,
  measures: `requests that come together, before the first of them is answered, to a target that failed ${DOWN} times in a row and was then left alone for ${seconds(IDLE_MS)} and more while others were asked; warns above ${FEW}`,
  falseAlarmBound: 0,
  advice: 'when a breaker half-opens, let one request through and hold the others back until it is answered',
  probe: retriesTransient.probe,
  targetsProbe: targetDownProbe,
  check: ({ entries }) => {
    const all = askedTargets(entries);
    const returns = all.targets.flatMap((asked) => returnsTo(asked, all));
    if (returns.length === 0) return notApplicable('no target was down, left alone and asked again');
    const worst = returns.reduce((a, b) => (b.length > a.length ? b : a));
    const crowds = returns.filter((together) => together.length > FEW);
    const ruling = {
      n: returns.length,
      statistic: { name: 'requests at once', value: worst.length, unit: 'calls' } as const,
      threshold: FEW + 1,
      correlation: 'exact' as const,
    };
    if (crowds.length === 0)
      return {
        ...ruling,
        verdict: 'pass',
        explain: `${plural(worst.length, 'request')} at most asked a target that had been down`,
      };
    return {
      ...ruling,
      verdict: 'warn',
      explain: `${plural(worst.length, 'request')} asked a target that had been down, before any was answered`,
      evidence: crowds.flatMap(([first, ...others]) =>
        first === undefined
          ? []
          : [
              {
                call: first.logicalId,
                entries: [first, ...others].slice(0, 10).map(({ seq }) => seq),
                line: `${plural(others.length, 'request')} more with the first`,
              },
            ],
      ),
    };
  },
});

/** The requests that came together each time that a target was asked again after it had been down and left alone. */
function returnsTo(asked: AskedTarget, all: AskedTargets): (readonly JournalEntry[])[] {
  const returns = afterPauses(asked, all);
  return failureRows(asked.entries).flatMap(({ failures: { [DOWN - 1]: down } }) => {
    if (down === undefined) return [];
    const from = asked.entries.indexOf(down, firstFrom(asked.times, down.t_headers));
    return returns.filter(({ place }) => place > from).map(({ together }) => together);
  });
}

interface Return {
  /** Of the first request among those that were asked of the target. */
  readonly place: number;
  readonly together: readonly JournalEntry[];
}

/** The requests that came together each time that the target was left alone while others were asked. */
function afterPauses({ entries, times }: AskedTarget, all: AskedTargets): Return[] {
  return entries.flatMap((entry, place) => {
    const before = times[place - 1];
    if (before === undefined || entry.t_headers - before < IDLE_MS) return [];
    if (!all.asksOthers(entry, before, entry.t_headers)) return [];
    const until = Math.max(failureKnownAt(entry) ?? entry.t_headers, entry.t_headers + TOGETHER_MS);
    return [{ place, together: entries.slice(firstFrom(times, entry.t_headers), firstAfter(times, until)) }];
  });
}
