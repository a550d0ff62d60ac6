import type { CapacitySpec } from '../capacity/capacity-spec.ts';
import { type BoundFault, bindFault, type FaultsByName } from '../faults/bound-fault.ts';
import type { AnswerKind, InjectionPoint } from '../faults/fault.ts';
import type { Moment } from '../faults/moment.ts';
import type { FaultCall, FaultName } from '../faults/registry.ts';
import type { Libraries } from '../libraries.ts';
import type { DialectName } from '../openai/dialects/dialect-name.ts';
import type { AnswerSettings } from '../openai/request/answer-settings.ts';
import { type Identity, identityOf } from '../openai/request/identity.ts';
import type { AnswerFeature } from '../openai/wire/answer-feature.ts';
import type { Policy } from '../policy/policy.ts';
import { policyOf } from '../policy/policy-of.ts';
import type { PolicySpec } from '../policy/policy-schema.ts';
import { fork } from '../random.ts';
import type { Rule, Scenario } from '../scenario/schema.ts';
import { type Activity, activityOf } from './activity.ts';
import { compileLimits, type PlannedLimit } from './limits.ts';
import { compileMatch, DEFAULT_SERVICE, type RequestMatcher } from './match.ts';
import { compileReplies, type PlannedReply } from './planned-reply.ts';

/** What a rule does when it fires: one or more steps, each a list of faults. */
export type Action =
  | { readonly kind: 'fault'; readonly step: Step }
  | {
      readonly kind: 'sequence';
      readonly steps: readonly Step[];
      readonly repeat: boolean;
    }
  | {
      readonly kind: 'one_of';
      readonly steps: readonly (Step & { readonly weight: number })[];
    };

/** Faults applied in order, and the deepest place any of them strikes at. */
export interface Step {
  readonly faults: readonly BoundFault[];
  /** The same as data: what the journal says. */
  readonly calls: readonly FaultCall[];
  readonly strikes: InjectionPoint;
  /** How a request has to be answered for them to strike it; undefined where it does not matter. */
  readonly changes: AnswerKind | undefined;
  /** What the answer has to have for them to strike it. */
  readonly needs: readonly AnswerFeature[];
  /** What they do depends on the moment. */
  readonly isTimed: boolean;
}

/** A rule ready to be asked. */
export interface PlannedRule {
  /** Its name, or its place: what draws and counters go by. */
  readonly id: string;
  readonly rule: Rule;
  readonly matches: RequestMatcher;
  readonly action: Action;
  /** When the clock lets it fire; undefined where that is always. */
  readonly activity: Activity | undefined;
  /** It strikes a call for a while only: one that goes on gets past it. */
  readonly passes: boolean;
  /** What it is asked about: the server, connections as they are accepted, or requests. */
  readonly appliesAt: 'server' | 'connection' | 'request';
}

/** A rule that is taken out of a plan for a while, and where it stood. */
interface PausedRule {
  readonly rule: PlannedRule;
  /** Ids of the rules that were asked before it. */
  readonly behind: readonly string[];
}

/** A scenario ready to run. */
export interface Plan {
  readonly name: string;
  /** The service that it is the plan of, where a scenario has several; empty for the one at /v1. */
  readonly provider: string;
  readonly seed: number;
  /** The one way to speak that is served; undefined where the address tells. */
  readonly dialect: DialectName | undefined;
  /** What spans of time count from. */
  readonly clock: Scenario['clock'];
  readonly auth: Scenario['auth'];
  readonly identity: Identity;
  /** Largest body that is accepted. */
  readonly maxBodyBytes: number;
  /** Pages of other origins may use it. */
  readonly cors: boolean;
  /** What the journal keeps beside its own fields; undefined where nothing. */
  readonly record: Scenario['record'];
  /** Answers are compressed for clients that accept it. */
  readonly compression: boolean;
  /** How requests are checked. */
  readonly validation: Scenario['validation'];
  /** What a request gets that no reply speaks of. */
  readonly unmatchedReply: Scenario['unmatched_reply'];
  /** The settings of an answer that no reply speaks of. */
  readonly settings: AnswerSettings;
  /** The latencies of answers change with time. */
  readonly latencyChanges: boolean;
  readonly limits: readonly PlannedLimit[];
  /** Undefined where there is always room. */
  readonly capacity: CapacitySpec | undefined;
  readonly replies: readonly PlannedReply[];
  /** Replies have sequences: what is said depends on what was said before. */
  readonly hasSequences: boolean;
  readonly rules: readonly PlannedRule[];
  /** Rules that are not asked for now; absent where none ever were. */
  readonly paused?: readonly PausedRule[];
  /** It tells keys apart: what failed with one may go on with another. */
  readonly acrossKeys: boolean;
  /** It tells targets apart: what is under way at one may be hedged at another. */
  readonly acrossTargets: boolean;
  readonly expect: PolicySpec;
  /** What the scenario expects of a client, completed by its preset. */
  readonly policy: Policy;
}

const PLACES: readonly InjectionPoint[] = ['listener', 'accept', 'edge', 'gateway', 'api'];

/** How deep a place lies: a server listens (0), accepts a connection (1), a request passes edge (2), gateway (3), api (4). */
export function layerDepth(place: InjectionPoint): number {
  return PLACES.indexOf(place);
}

/** What a plan is made with. */
export interface PlanParts {
  readonly libraries: Libraries;
  /** Those that its rules may name. */
  readonly faults: FaultsByName;
  /** The service that the plan is for, where it is one of several. */
  readonly provider?: string;
  /** The one way to speak that it has. */
  readonly dialect?: DialectName | undefined;
}

/** What rules are made with. */
export interface RuleParts extends PlanParts {
  readonly seed: number;
}

/** Scenario → plan. `seed` replaces `random`. Throws an Error for a pattern or a fault that parsing would have refused. */
export function compilePlan(scenario: Scenario, seed: number, parts: PlanParts): Plan {
  const { libraries, provider = '', dialect } = parts;
  const { name = 'scenario', tokens, models, latency } = scenario;
  const settings = {
    tokens,
    models,
    latency: { ttft: latency.ttft, interToken: latency.inter_token },
    azure: scenario.azure,
    reply: {},
  };
  return {
    name,
    provider,
    seed,
    dialect,
    clock: scenario.clock,
    auth: scenario.auth,
    identity: identityOf(seed),
    maxBodyBytes: scenario.max_body,
    cors: scenario.cors,
    record: scenario.record,
    compression: scenario.compression,
    validation: scenario.validation,
    unmatchedReply: scenario.unmatched_reply,
    settings,
    latencyChanges: [latency.ttft, latency.inter_token].some(({ kind }) => kind === 'ramp'),
    limits: compileLimits(scenario.limits, libraries),
    capacity: scenario.capacity,
    replies: compileReplies(scenario.replies, settings, { libraries, service: provider || DEFAULT_SERVICE }),
    hasSequences: scenario.replies.some(({ sequence }) => sequence !== undefined),
    rules: compileRules(scenario.rules, 'rules', { ...parts, seed }),
    ...targetsOf(scenario, provider !== ''),
    expect: scenario.expect,
    policy: policyOf(scenario.expect),
  };
}

/** Whether the scenario is about several keys, models or services. */
function targetsOf(
  { rules, replies, expect, providers }: Scenario,
  isProvider: boolean,
): Pick<Plan, 'acrossKeys' | 'acrossTargets'> {
  const matches = [...rules, ...replies].map(({ match }) => match);
  const asked = expect.fails_over === true || expect.breaker !== undefined || expect.neutral_429 === true;
  const hasServices = isProvider || Object.keys(providers).length > 0;
  const acrossKeys = hasServices || asked || matches.some((match) => match?.key !== undefined);
  return { acrossKeys, acrossTargets: acrossKeys || matches.some((match) => match?.model !== undefined) };
}

/** Rules → planned rules; those without a name are called after their place in the list. */
export function compileRules(rules: readonly Rule[], list: string, parts: RuleParts): PlannedRule[] {
  const { libraries, faults, seed, provider = '' } = parts;
  return rules.map((rule, index) => {
    const action = compileAction(rule, faults);
    const id = rule.name ?? `${list}[${index}]`;
    return {
      id,
      rule,
      matches: compileMatch(rule.match, libraries, provider || DEFAULT_SERVICE),
      action,
      // Services have their bursts each at its own times.
      activity: activityOf(rule, () => fork(seed, 'bursts', provider, id)),
      passes: passesWithinCall(rule),
      appliesAt: appliesAt(stepsOf(action)),
    };
  });
}

function appliesAt(steps: readonly Step[]): PlannedRule['appliesAt'] {
  if (steps.some(({ strikes }) => strikes === 'listener')) return 'server';
  return steps.some(({ strikes }) => strikes === 'accept') ? 'connection' : 'request';
}

/** By its positions within the call, or by a count that each call has of its own. */
function passesWithinCall({ attempts, per, sequence, repeat = false, first, times }: Rule): boolean {
  if (attempts !== undefined && Number.isFinite(attempts.to)) return true;
  const isLimited = first !== undefined || times !== undefined || sequence !== undefined;
  return per === 'call' && isLimited && !repeat;
}

/** All steps of an action. */
export function stepsOf(action: Action): readonly Step[] {
  return action.kind === 'fault' ? [action.step] : action.steps;
}

function compileAction({ fault, sequence, repeat = false, one_of: oneOf }: Rule, faults: FaultsByName): Action {
  const step = (calls: readonly FaultCall[]) => stepOf(calls, faults);
  if (sequence !== undefined) return { kind: 'sequence', steps: sequence.map(step), repeat };
  if (oneOf === undefined) return { kind: 'fault', step: step(fault ?? []) };
  const choices = Array.isArray(oneOf)
    ? oneOf
    : Object.entries(oneOf).map(([name, weight = 1]) => ({
        fault: [byName(name, faults)],
        weight,
      }));
  return {
    kind: 'one_of',
    steps: choices.map(({ fault: calls, weight }) => ({
      ...step(calls),
      weight,
    })),
  };
}

function byName(name: string, faults: FaultsByName): FaultCall {
  const { fault } = bindFault(faults, { name, params: undefined });
  return { name: name as FaultName, params: fault.params.parse(undefined) };
}

/** Faults as a step: all of them strike, or none does. */
export function stepOf(calls: readonly FaultCall[], faultsByName: FaultsByName): Step {
  const faults = calls.map((call) => bindFault(faultsByName, call));
  // What answers by itself takes the place of the answer that would have been changed.
  const answers = faults.some(({ fault: { terminal: final } }) => final === true);
  const changes = answers ? undefined : faults.find(({ fault }) => fault.changes !== undefined)?.fault.changes;
  const needs = answers ? [] : faults.flatMap(({ needs }) => needs);
  const isTimed = faults.some((fault) => fault.at(BEGINNING) !== fault);
  return { faults, calls, strikes: deepest(faults), changes, needs, isTimed };
}

/** Of a rule that is never over. */
const BEGINNING: Moment = { sinceMs: 0, leftMs: Number.POSITIVE_INFINITY };

/** The step as it is at that moment. */
export function stepAt(step: Step, moment: Moment): Step {
  if (!step.isTimed) return step;
  const faults = step.faults.map((fault) => fault.at(moment));
  const calls = faults.map(({ name, params }): FaultCall => ({ name: name as FaultName, params }));
  return { ...step, faults, calls };
}

/** The deepest place that any of the faults strikes at. */
export function deepest(faults: readonly BoundFault[]): InjectionPoint {
  const [first, ...others] = faults.map(({ strikesAt }) => layerDepth(strikesAt));
  return PLACES[Math.max(first ?? layerDepth('accept'), ...others)] ?? 'api';
}
