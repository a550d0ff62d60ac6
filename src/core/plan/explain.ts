import { boundFault, type FaultCall, faultNamed } from '../faults/registry.ts';
import { asList, asRecord } from '../openai/request/request.ts';
import type { Rule } from '../scenario/schema.ts';
import { formatDuration } from '../units/duration.ts';
import type { Ramp } from '../units/ramp.ts';
import type { Span } from '../units/span.ts';
import type { BurstSpec } from './bursts.ts';
import type { Action, Plan, PlannedRule } from './compile.ts';
import { explainMatch, explainRange } from './explain-match.ts';
import { written } from './written.ts';

/** A rule in one sentence: `requests of chat.completions, attempts 1 to 2 of a call: rate_limit (429) { retry_after: 2s }`. */
export function explainRule({ rule, action, appliesAt: meets }: PlannedRule, clock: Plan['clock'] = 'first_call'): string {
  const when = [WHO_MEETS_IT[meets] ?? explainMatch(rule.match), ...whenItFires(rule, clock)].join(', ');
  return `${when}: ${explainAction(action, asRecord(rule.written) ?? {})}`;
}

const WHO_MEETS_IT: Readonly<Partial<Record<PlannedRule['appliesAt'], string>>> = {
  server: 'the whole server',
  connection: 'every connection',
};

/**
 * Whether what happens to a request depends on the order in which requests arrive. Counters wider than a call, and
 * sequences over them, do by definition; draws and positions within a call never do.
 */
export function dependsOnArrivalOrder({ rule, appliesAt: meets }: PlannedRule): boolean {
  if (meets === 'connection') return true;
  if (rule.per === 'call') return false;
  return [rule.first, rule.after, rule.every, rule.times, rule.sequence].some((given) => given !== undefined);
}

/** A step in words, with the parameters that were given: `latency 2s, then server_error (500)`; `nothing` for no fault. */
function explainFaults(faults: readonly FaultCall[], text: unknown): string {
  if (faults.length === 0) return 'nothing';
  const texts = Array.isArray(text) ? asList(text) : [text];
  return faults
    .map((call, index) => {
      const { name, params: completed } = call;
      const { words } = boundFault(call);
      if (words !== undefined) return `${name} (${words})`;
      const status = asRecord(completed)?.['status'] ?? faultNamed(name).status;
      const params = asRecord(texts[index])?.[name] ?? {};
      const given = typeof params !== 'object' || Object.keys(params).length > 0;
      return `${name}${status === undefined ? '' : ` (${status})`}${given ? ` ${written(params)}` : ''}`;
    })
    .join(', then ');
}

function whenItFires(rule: Rule, clock: Plan['clock']): string[] {
  const { attempts, first, after, every, times, probability, during, bursts, per = 'session' } = rule;
  const counted = [
    ...whichOfThem(first, after),
    every === undefined ? '' : `only every ${ordinal(every)}`,
    times === undefined ? '' : `at most ${times === 1 ? 'once' : `${times} times`}`,
  ].filter((text) => text !== '');
  const scope = per === 'session' || (counted.length === 0 && rule.sequence === undefined) ? [] : [`counted per ${per}`];
  return [
    ...(attempts === undefined
      ? []
      : [`${attempts.from === attempts.to ? 'attempt' : 'attempts'} ${explainRange(attempts, String)} of a call`]),
    ...(during === undefined ? [] : [`${spansText(during)} after ${CLOCKS[clock]}`]),
    ...(bursts === undefined ? [] : [burstsText(bursts)]),
    ...counted,
    ...(probability === undefined ? [] : [chanceText(probability, during !== undefined)]),
    ...scope,
  ];
}

/** `first` with `after` leaves those between the two. */
function whichOfThem(first: number | undefined, after: number | undefined): string[] {
  if (first !== undefined && after !== undefined && first > after)
    return [first === after + 1 ? `only the ${ordinal(first)}` : `only the ${ordinal(after + 1)} to the ${ordinal(first)}`];
  return [...(first === undefined ? [] : [`only the first ${first}`]), ...(after === undefined ? [] : [`only after ${after}`])];
}

const CLOCKS: Readonly<Record<Plan['clock'], string>> = { first_call: 'the first call', start: 'the start' };

/** `from 1s to 2s and from 10s to 5m, every 30s for 5s`. */
function spansText(spans: readonly Span[]): string {
  return spans
    .map(({ from, to, again }) => {
      const begins = from === 0 ? '0s' : formatDuration(from);
      const within = to === Number.POSITIVE_INFINITY ? `from ${begins} on` : `from ${begins} to ${formatDuration(to)}`;
      if (again === undefined) return within;
      const rhythm = `every ${formatDuration(again.everyMs)} for ${formatDuration(again.forMs)}`;
      return from === 0 && to === Number.POSITIVE_INFINITY ? rhythm : `${within}, ${rhythm}`;
    })
    .join(' and ');
}

function burstsText({ onMs, offMs }: BurstSpec): string {
  return `in bursts of ${formatDuration(onMs)} with ${formatDuration(offMs)} between them on average`;
}

function chanceText(probability: number | Ramp, hasSpan: boolean): string {
  if (typeof probability === 'number') return `with probability ${probability}`;
  const { from, to, overMs } = probability;
  return `with a probability that goes from ${from} to ${to} in ${formatDuration(overMs)}${hasSpan ? ', anew in each span' : ''}`;
}

function explainAction(action: Action, text: Readonly<Record<string, unknown>>): string {
  switch (action.kind) {
    case 'fault':
      return explainFaults(action.step.calls, text['fault']);
    case 'sequence': {
      const steps = action.steps
        .map(({ calls }, index) => `${index + 1}. ${explainFaults(calls, asList(text['sequence'])[index])}`)
        .join('  ');
      return `in sequence ${steps}  then ${action.repeat ? 'from the beginning' : 'no more'}`;
    }
    case 'one_of': {
      const total = action.steps.reduce((sum, { weight }) => sum + weight, 0);
      const share = (weight: number) => `${Math.round((weight / total) * 1_000) / 10} %`;
      const choices = asList(text['one_of']).map((choice) => asRecord(choice)?.['fault']);
      return `one of ${action.steps.map(({ calls, weight }, index) => `${explainFaults(calls, choices[index])} ${share(weight)}`).join(', ')}`;
    }
  }
}

function ordinal(n: number): string {
  const suffix = n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${suffix}`;
}
