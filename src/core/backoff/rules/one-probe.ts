import { firstAfter } from '../../collections/first-after.ts';
import { firstFrom } from '../../collections/first-from.ts';
import { failureKnownAt } from '../../journal/calls.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { plural } from '../../text/plural.ts';
import { type AskedTarget, type AskedTargets, askedTargets } from '../history/asked-targets.ts';
import { failureOf } from '../history/failure.ts';
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
/** What comes so soon after a probe that failed was sent before its answer was known. After one that succeeded, that cannot be told. */
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
    const found = all.targets.flatMap((asked) => returnsTo(asked, all));
    if (found.length === 0) return notApplicable('no target was down, left alone and asked again');
    const returns = found.map(({ unanswered }) => unanswered);
    const worst = mostOf(returns);
    const crowds = returns.filter((together) => together.length > FEW);
    const ruling = {
      n: returns.length,
      statistic: { name: 'requests at once', value: worst.length, unit: 'calls' } as const,
      threshold: FEW + 1,
      correlation: 'exact' as const,
    };
    const soonest = found.reduce((a, b) => (b.within > a.within ? b : a));
    if (crowds.length === 0 && soonest.within > FEW)
      return {
        ...ruling,
        verdict: 'inconclusive',
        explain:
          `${plural(soonest.within, 'request')} came within ${seconds(TOGETHER_MS)} after a target that had been down: too soon to tell ` +
          `whether ${soonest.within - soonest.unanswered.length} of them waited for the first answer; give the target a latency`,
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

function mostOf(crowds: readonly Crowd[]): Crowd {
  return crowds.reduce((a, b) => (b.length > a.length ? b : a));
}

/** The returns to a target after it had been down and left alone. */
function returnsTo(asked: AskedTarget, all: AskedTargets): Return[] {
  const returns = afterPauses(asked, all);
  return failureRows(asked.entries).flatMap(({ failures: { [DOWN - 1]: down } }) => {
    if (down === undefined) return [];
    const from = asked.entries.indexOf(down, firstFrom(asked.times, down.t_headers));
    return returns.filter(({ place }) => place > from);
  });
}

type Crowd = readonly JournalEntry[];

/** The target is asked again. */
interface Return {
  /** Of the first request among those that were asked of the target. */
  readonly place: number;
  /** The first request, and those that came before it was answered. */
  readonly unanswered: Crowd;
  /** How many came with the first, or so soon after it that no more can be told. */
  readonly within: number;
}

/** Each time that the target was asked again after it was left alone while others were asked. */
function afterPauses({ entries, times }: AskedTarget, all: AskedTargets): Return[] {
  return entries.flatMap((entry, place) => {
    const before = times[place - 1];
    if (before === undefined || entry.t_headers - before < IDLE_MS) return [];
    if (!all.asksOthers(entry, before, entry.t_headers)) return [];
    const first = firstFrom(times, entry.t_headers);
    const soon = entry.t_headers + TOGETHER_MS;
    const known = successKnownAt(entry) ?? Math.max(failureKnownAt(entry) ?? entry.t_headers, soon);
    const unanswered = entries.slice(first, firstAfter(times, known));
    return [{ place, unanswered, within: firstAfter(times, Math.max(known, soon)) - first }];
  });
}

/** When the client could know that the target is back: with the first byte of an answer. Undefined where the request failed, or has no answer yet. */
function successKnownAt(entry: JournalEntry): number | undefined {
  if (entry.retryable || failureOf(entry) !== undefined) return undefined;
  return entry.t_firstByteBefore ?? undefined;
}
