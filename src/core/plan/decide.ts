import { type BoundFault, canStrike, isKnownTo, isMeantFor, needTls } from '../faults/bound-fault.ts';
import type { Moment } from '../faults/moment.ts';
import type { FaultApplied } from '../journal/entry.ts';
import type { Layer } from '../openai/wire/layer.ts';
import { draw } from '../random.ts';
import type { Rule } from '../scenario/schema.ts';
import { type Ramp, rampAt } from '../units/ramp.ts';
import { inRange } from '../units/range.ts';
import { type Action, layerDepth, type Plan, type PlannedRule, type Step, stepAt } from './compile.ts';
import type { Counters } from './counters.ts';
import type { Facts } from './facts.ts';

/** What a decision on a request goes by, beside the rules that match it. */
export type Traits = Pick<Facts, 'streamed' | 'features' | 'carrier' | 'protocol' | 'dialect' | 'keyScope' | 'modelScope'>;

/** One request as the plan sees it. */
export interface RuleStep {
  /** Places of the rules that match the request, in ascending order. Asked until one fires. */
  readonly matches: Iterable<number>;
  readonly traits: Traits;
  /** The recognised call. */
  readonly call: string;
  /** Position within the call; 1 is the first try. */
  readonly attempt: number;
  /** What draws go by: the same for the same request, whatever the interleaving. */
  readonly drawKey: string;
  /** Milliseconds since the session's first request. */
  readonly elapsedMs: number;
  /** The layer that refuses this request by itself; undefined when it is valid. */
  readonly refusedBy: Layer | undefined;
}

/** What was chosen for one request. */
export interface FaultDecision {
  /** What the journal says of it. */
  readonly applied: FaultApplied;
  readonly faults: readonly BoundFault[];
}

/** A connection as the plan sees it: nothing is known of the requests that will come on it. */
export interface Accepted {
  /** 1 for the first connection that rules are asked about. */
  readonly ordinal: number;
  /** Milliseconds since the session's first request or refused connection. */
  readonly elapsedMs: number;
  /** It is being opened by TLS. */
  readonly awaitsTls: boolean;
}

/**
 * The first rule that fires decides; others are not consumed. A rule fires when it matches the request, the request
 * gets as deep as its fault strikes, and its occurrence holds. Undefined when none does.
 */
export function decide(plan: Plan, counters: Counters, arrival: RuleStep): FaultDecision | undefined {
  for (const place of arrival.matches) {
    const planned = plan.rules[place];
    const decision = planned && tryOn(planned, plan.seed, counters, arrival);
    if (decision !== undefined) return decision;
  }
  return undefined;
}

function tryOn(planned: PlannedRule, seed: number, counters: Counters, arrival: RuleStep): FaultDecision | undefined {
  const { rule } = planned;
  if (rule.attempts !== undefined && !inRange(arrival.attempt, rule.attempts)) return undefined;
  const { drawKey, elapsedMs } = arrival;
  const occasion = { scope: scopeOf(rule, arrival), drawKey, elapsedMs, reached: (step: Step) => isReached(arrival, step) };
  return tryRule(planned, seed, counters, occasion);
}

/** The same for a connection as it is accepted, by the rules that strike there. */
export function decideConnection(
  plan: Plan,
  counters: Counters,
  { ordinal, elapsedMs, awaitsTls }: Accepted,
): FaultDecision | undefined {
  const occasion = {
    scope: 'session',
    drawKey: `connection ${ordinal}`,
    elapsedMs,
    reached: ({ faults }: Step) => awaitsTls || !needTls(faults),
  };
  for (const planned of plan.rules) {
    const decision = planned.appliesAt === 'connection' ? tryRule(planned, plan.seed, counters, occasion) : undefined;
    if (decision !== undefined) return decision;
  }
  return undefined;
}

/** An occasion on which a rule may fire. */
interface Occasion {
  /** Of the counters. */
  readonly scope: string;
  readonly drawKey: string;
  readonly elapsedMs: number;
  /** Whether it gets as far as the step strikes. */
  reached(step: Step): boolean;
}

function tryRule(
  { id, rule, action, passes, activity }: PlannedRule,
  seed: number,
  counters: Counters,
  occasion: Occasion,
): FaultDecision | undefined {
  const { scope, drawKey, elapsedMs } = occasion;
  const moment = activity === undefined ? { sinceMs: elapsedMs, leftMs: Number.POSITIVE_INFINITY } : activity.at(elapsedMs);
  if (moment === undefined) return undefined;
  const { seen, fired } = counters.read(scope, id);
  const choice = chooseStep(action, fired, (...labels) => draw(seed, 'rule', id, drawKey, ...labels));
  if (choice === undefined || !occasion.reached(choice.step)) return undefined;
  counters.hit(scope, id, 'seen');
  if (!occurs(rule, seen + 1, fired)) return undefined;
  if (rule.probability !== undefined && draw(seed, 'rule', id, drawKey, 'fires') >= chanceAt(rule.probability, moment))
    return undefined;
  counters.hit(scope, id, 'fired');
  const { number } = choice;
  const step = stepAt(choice.step, moment);
  const applied = {
    rule: id,
    faults: step.calls,
    ...(number === undefined ? {} : { step: number }),
    ...(passes && { passes: true as const }),
  };
  return { applied, faults: step.faults };
}

function chanceAt(probability: number | Ramp, { sinceMs }: Moment): number {
  return typeof probability === 'number' ? probability : rampAt(probability, sinceMs);
}

/** A fault strikes only a request that gets as far as its layer, and only an answer that has what it changes, in what it knows. */
export function isReached(
  { traits, refusedBy }: Pick<RuleStep, 'traits' | 'refusedBy'>,
  { faults, strikes, changes, needs }: Step,
): boolean {
  if (!isMeantFor(faults, traits.carrier) || !isKnownTo(faults, traits.dialect) || !canStrike(faults, traits.protocol))
    return false;
  if (refusedBy !== undefined && layerDepth(strikes) >= layerDepth(refusedBy)) return false;
  const answer = refusedBy === undefined && traits.streamed ? 'stream' : 'whole';
  return (changes === undefined || changes === answer) && needs.every((feature) => traits.features.includes(feature));
}

/** `first`, `after` and `every` count the requests the rule speaks of; `times` counts those it decided. */
function occurs({ first, after, every, times }: Rule, ordinal: number, fired: number): boolean {
  if (times !== undefined && fired >= times) return false;
  if (first !== undefined && ordinal > first) return false;
  if (after !== undefined && ordinal <= after) return false;
  return every === undefined || ordinal % every === 0;
}

function chooseStep(
  action: Action,
  fired: number,
  drawn: (...labels: string[]) => number,
): { step: Step; number?: number } | undefined {
  switch (action.kind) {
    case 'fault':
      return { step: action.step };
    case 'sequence': {
      const index = action.repeat ? fired % action.steps.length : fired;
      const step = action.steps[index];
      return step === undefined ? undefined : { step, number: index + 1 };
    }
    case 'one_of': {
      const total = action.steps.reduce((sum, { weight }) => sum + weight, 0);
      let rest = drawn('one_of') * total;
      const step = action.steps.find(({ weight }) => (rest -= weight) < 0) ?? action.steps.at(-1);
      return step === undefined ? undefined : { step };
    }
  }
}

function scopeOf({ per = 'session' }: Rule, { traits, call }: RuleStep): string {
  switch (per) {
    case 'session':
      return 'session';
    case 'key':
      return traits.keyScope;
    case 'model':
      return traits.modelScope;
    case 'call':
      return callScope(call);
  }
}

/** The scope of counters that belong to one call. */
export function callScope(call: string): string {
  return `call ${call}`;
}
