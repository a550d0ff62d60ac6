import { groupBy } from '../../collections/group-by.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { plural } from '../../text/plural.ts';
import { targetName, targetOf } from '../history/target.ts';
import { seconds } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import type { Outage, RuleEvidence } from '../kit/rule-evidence.ts';
import { sources } from '../kit/sources.ts';
import { targetDownProbe } from '../kit/targets-probes.ts';
import { upMsBetween } from '../kit/up-time.ts';
import { retriesTransient } from './retries-transient.ts';

/** New calls that show where a client goes. */
const ENOUGH = 3;

export const returnsToPrimary = defineRule({
  id: 'returns_to_primary',
  summary: 'comes back to its first target once that works again',
  source: `Azure, Circuit Breaker pattern, https://learn.microsoft.com/en-us/azure/architecture/patterns/circuit-breaker; ${sources.transientFaults}`,
  severity: 'medium',
  confidence: 'deterministic',
  comparesTargets: true,
  measures: `time from the end of an outage of the target that most calls asked first until it is asked again, where at least ${ENOUGH} calls began elsewhere; info, and fails above \`returns_within\` where the policy has it`,
  falseAlarmBound: 0,
  advice: 'probe a target that was given up now and then, and send new calls there again when it answers',
  probe: retriesTransient.probe,
  targetsProbe: targetDownProbe,
  check: (subject) => {
    const { outages = [], policy } = subject;
    const found = outages.flatMap((outage) => absenceIn(outage, subject));
    if (found.length === 0) return notApplicable('no outage of a known length sent calls away from their first target');
    const worst = found.reduce((a, b) => (b.awayMs > a.awayMs ? b : a));
    const { awayMs, isBack, last } = worst;
    const limitMs = policy.returnsWithinMs;
    const ruling = {
      n: found.length,
      statistic: { name: 'time until it was asked again', value: awayMs, unit: 'ms' } as const,
      correlation: 'exact' as const,
      ...(limitMs === undefined ? {} : { threshold: limitMs }),
    };
    const text = isBack
      ? `${worst.name} was asked again ${seconds(awayMs)} after it worked again`
      : `${worst.name} was not asked again in the ${seconds(awayMs)} after it worked again`;
    if (limitMs === undefined) return { ...ruling, verdict: isBack ? 'pass' : 'info', explain: text };
    if (isBack && awayMs <= limitMs) return { ...ruling, verdict: 'pass', explain: text };
    if (!isBack && awayMs < limitMs) return { ...ruling, verdict: 'inconclusive', explain: `${text}; watch longer` };
    return {
      ...ruling,
      verdict: 'fail',
      explain: `${text}; the policy asks for ${seconds(limitMs)}`,
      evidence: [
        {
          call: last.logicalId,
          entries: [last.seq],
          line: `${plural(worst.elsewhere, 'call')} began elsewhere after the outage`,
        },
      ],
    };
  },
});

interface Absence {
  readonly name: string;
  /** From the end of the outage until the target was asked again, or nobody looked any more. */
  readonly awayMs: number;
  readonly isBack: boolean;
  /** Calls that began elsewhere after the outage, and the last of them. */
  readonly elsewhere: number;
  readonly last: JournalEntry;
}

function absenceIn(outage: Outage, { calls, entries, outages = [] }: RuleEvidence): Absence[] {
  const firsts = calls.flatMap(({ tries: [first] }) => (first === undefined ? [] : [first.entry]));
  const struck = firsts.filter((entry) => entry.retryable && isWithin(entry, outage));
  const [primary] = [...groupBy(struck, targetOf).values()].sort((a, b) => b.length - a.length)[0] ?? [];
  if (primary === undefined) return [];
  const target = targetOf(primary);
  const away = firsts.filter((entry) => entry.t_headers > primary.t_headers && targetOf(entry) !== target);
  if (away.length < ENOUGH) return [];
  const after = away.filter(({ t_headers: at }) => at >= outage.to);
  const back = entries.find((entry) => entry.t_headers >= outage.to && targetOf(entry) === target);
  const last = after.at(-1) ?? back;
  if (last === undefined) return [];
  const other = after[0] ?? away[0] ?? primary;
  const until = (back ?? last).t_headers;
  return [
    {
      name: targetName(primary, other),
      // It may have been down again.
      awayMs: upMsBetween(outage.to, Math.max(outage.to, until), outages),
      isBack: back !== undefined,
      elsewhere: after.length,
      last,
    },
  ];
}

function isWithin({ t_headers: at }: JournalEntry, { from, to }: Outage): boolean {
  return at >= from && at < to;
}
