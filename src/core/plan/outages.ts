import type { Outage } from '../backoff/kit/rule-evidence.ts';
import { firstFrom } from '../collections/first-from.ts';
import { leavesOf } from '../faults/registry.ts';
import type { JournalEntry } from '../journal/entry.ts';
import type { BrownOut } from '../load/load-run.ts';
import { meanOfRamp } from '../units/ramp.ts';
import { overlapOf, type Window } from '../units/window.ts';
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
  return troublesOf(rules, startedAt, entries).flatMap(({ isOutage, from, to }) => (isOutage ? [{ from, to }] : []));
}

/**
 * The spans of rules with `during` that are no outages, and in which more than `least` of the requests fail. The share is the
 * `probability` of the rule where nothing else narrows it and no other rule fails anything in its span. Otherwise it is measured.
 */
export function brownOutsOf(
  rules: readonly PlannedRule[],
  startedAt: number,
  { entries, least }: { readonly entries: readonly JournalEntry[]; readonly least: number },
): BrownOut[] {
  return troublesOf(rules, startedAt, entries).flatMap(({ isOutage, from, to, share }) =>
    isOutage || share <= least ? [] : [{ from, to, share }],
  );
}

interface Trouble extends BrownOut {
  readonly isOutage: boolean;
}

/** A rule that may break something, and one of the windows in which the clock lets it. On the clock of the session. */
interface Breaking {
  readonly planned: PlannedRule;
  readonly window: Window;
  readonly comesAgain: boolean;
}

function troublesOf(rules: readonly PlannedRule[], startedAt: number, entries: readonly JournalEntry[]): Trouble[] {
  const breaking = rules.filter(({ activity, action }) => activity !== undefined && stepsOf(action).some(isFailingStep));
  const ids = new Set(breaking.map(({ id }) => id));
  const times = entries.map(({ t_headers }) => t_headers - startedAt).sort((a, b) => a - b);
  const until = (times.at(-1) ?? 0) + 1;
  const windows = breaking.flatMap((planned) => windowsOf(planned, until));
  return windows.flatMap((each) => {
    const { planned, window } = each;
    // Of windows that come again, those in which nothing arrived tell nothing.
    if (each.comesAgain && !anyWithin(times, window)) return [];
    const span = { from: startedAt + window.from, to: startedAt + window.to };
    if (failsAll(planned)) return [{ ...span, isOutage: true, share: 1 }];
    const measured = failedShare(span, entries, ids);
    const isAlone = windows.every((other) => other.planned === planned || overlapOf(other.window, window) === undefined);
    const share = isAlone && failsByChance(planned) ? (chanceIn(planned, window) ?? measured) : measured;
    return [{ ...span, isOutage: measured >= NEARLY_ALL, share }];
  });
}

function windowsOf(planned: PlannedRule, until: number): Breaking[] {
  const { during, bursts } = planned.rule;
  const comesAgain = bursts !== undefined || during?.some(({ again }) => again !== undefined) === true;
  return (planned.activity?.windowsBefore(until) ?? []).map((window) => ({ planned, window, comesAgain }));
}

/** The times are in order. */
function anyWithin(times: readonly number[], { from, to }: Window): boolean {
  return (times[firstFrom(times, from)] ?? to) < to;
}

/** The mean chance of a rule within a window; undefined where it has none. */
function chanceIn({ rule: { probability }, activity }: PlannedRule, { from, to }: Window): number | undefined {
  if (probability === undefined || typeof probability === 'number') return probability;
  const began = from - (activity?.at(from)?.sinceMs ?? 0);
  return meanOfRamp(probability, from - began, to - began);
}

/** Whether every request in its span fails, whatever comes. */
function failsAll(planned: PlannedRule): boolean {
  return planned.rule.probability === undefined && failsByChance(planned);
}

/** Whether nothing but chance decides which requests in its span fail. */
function failsByChance({ rule, action }: PlannedRule): boolean {
  const { match, attempts, first, after, every, times } = rule;
  const narrowed = [match, attempts, first, after, every, times].some((given) => given !== undefined);
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
