import type { Outage } from '../backoff/kit/rule-evidence.ts';
import { leavesOf } from '../faults/registry.ts';
import type { JournalEntry } from '../journal/entry.ts';
import { type PlannedRule, type Step, stepsOf } from './compile.ts';
import { isFailing } from './failing.ts';

/** Of what arrived in a span, so much has to have failed: with less, a client that retries hardly notices. */
const NEARLY_ALL = 0.8;

/**
 * The spans in which every request fails, on the clock of the journal. A rule makes one by plan when it has `during`, nothing
 * that narrows it, and only choices that end in an error or no answer. What else rules with `during` make is known from what
 * came: it counts when they failed at least four fifths of the requests that arrived in the span of one of them.
 */
export function outagesOf(rules: readonly PlannedRule[], startedAt: number, entries: readonly JournalEntry[]): Outage[] {
  const breaking = rules.filter(({ rule, action }) => rule.during !== undefined && stepsOf(action).some(isFailingStep));
  const ids = new Set(breaking.map(({ id }) => id));
  return breaking.flatMap((planned) => {
    const { from = 0, to = 0 } = planned.rule.during ?? {};
    const span = { from: startedAt + from, to: startedAt + to };
    return failsAll(planned) || failedShare(span, entries, ids) >= NEARLY_ALL ? [span] : [];
  });
}

/** Whether every request in its span fails, whatever comes. */
function failsAll({ rule, action }: PlannedRule): boolean {
  const { match, attempts, first, after, every, times, probability } = rule;
  const narrowed = [match, attempts, first, after, every, times, probability].some((given) => given !== undefined);
  const runsOut = action.kind === 'sequence' && !action.repeat;
  return !narrowed && !runsOut && stepsOf(action).every((step) => step.changes === undefined && isFailingStep(step));
}

/** The share of the requests within the span that rules of these ids made fail; 0 where none came. */
function failedShare({ from, to }: Outage, entries: readonly JournalEntry[], ids: ReadonlySet<string>): number {
  const arrived = entries.filter(({ t_headers }) => t_headers >= from && t_headers < to);
  const failed = arrived.filter(
    ({ faultApplied }) =>
      faultApplied && ids.has(faultApplied.rule) && isFailing(faultApplied.faults.map((call) => leavesOf(call))),
  );
  return arrived.length === 0 ? 0 : failed.length / arrived.length;
}

function isFailingStep({ faults }: Step): boolean {
  return isFailing(faults.map(({ leaves }) => leaves));
}
