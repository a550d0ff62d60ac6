import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import { asWatched } from '../core/backoff/history/as-watched.ts';
import { cutShort } from '../core/backoff/history/cut-short.ts';
import type { Finding } from '../core/backoff/kit/finding.ts';
import type { Probe, ProbeVariant } from '../core/backoff/kit/probe.ts';
import type { BackoffRule } from '../core/backoff/kit/rule.ts';
import { isStallWithin, type Outage, type RunContext, type Stall } from '../core/backoff/kit/rule-evidence.ts';
import { type EvidenceSet, evidenceOf } from '../core/backoff/verdict/evidence-set.ts';
import { verdictOf } from '../core/backoff/verdict/judge.ts';
import { judgeRule } from '../core/backoff/verdict/judge-rule.ts';
import type { Verdict } from '../core/backoff/verdict/verdict.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import type { Policy } from '../core/policy/policy.ts';
import { loadScenario } from '../scenario-files/load-scenario.ts';
import type { MockServer } from '../server/start.ts';
import { sessionOutages } from '../session/session-outages.ts';
import type { Driver } from './driver.ts';
import { playScene, type Scene, START_MOST_MS } from './play-scene.ts';
import { Turns } from './turns.ts';

export interface ProbeOptions {
  readonly server: MockServer;
  readonly driver: Driver;
  readonly rules: readonly BackoffRule[];
  readonly policy: Policy;
  readonly seed: number;
  /** Watch long waits to their end. */
  readonly full: boolean;
  /** The user has named the rules: all are tried, whatever the driver. */
  readonly named: boolean;
  /** Ends the battery early; what was seen so far is judged. */
  readonly signal: AbortSignal;
  onProgress?(progress: Progress): void;
}

/** How far a battery is. */
export interface Progress {
  readonly done: number;
  readonly of: number;
  /** At most, in milliseconds; absent while calls start. */
  readonly leftMs?: number;
}

/** What a battery of probes found. */
export interface ProbeRun {
  readonly verdict: Verdict;
  /** All requests, numbered anew across the sessions. */
  readonly entries: readonly JournalEntry[];
  /** The battery was ended before its time. */
  readonly interrupted: boolean;
}

/** Variants start one after the other, so that they do not disturb each other. */
const VARIANT_STAGGER_MS = 50;
const INTERRUPTED = 'interrupted: what was not seen is inconclusive';
/** Of what a client says that sends nothing, so much is shown, in characters. */
const SAID_MOST = 300;

/** Provokes every rule, all at the same time, each in sessions of its own. Never rejects for what a client does. */
export async function runProbes(options: ProbeOptions): Promise<ProbeRun> {
  const { rules, server, driver, full, signal, onProgress } = options;
  // Every pause listens.
  setMaxListeners(0, signal);
  const { now } = server.engine.clock;
  const asked = rules.flatMap((rule) => [probeFor(rule, driver), ...(rule.alsoProbe === undefined ? [] : [rule.alsoProbe])]);
  const probes = [...new Set(asked)].filter((probe) => !isBeyond(probe, options));
  const scenes = probes.flatMap((probe) => probe.variants.map((variant) => sceneOf(probe, variant, options)));
  const windowMs = (probe: Probe) => (full ? (probe.fullWindowMs ?? probe.windowMs) : probe.windowMs);
  const startedAt = now();
  const startMs = (probe: Probe, at: number) => (probe.delayMs ?? 0) + at * VARIANT_STAGGER_MS;
  const turns = new Turns(driver.startsAtOnce ?? Number.POSITIVE_INFINITY);
  const ended = AbortSignal.any([signal, turns.mute]);
  setMaxListeners(0, ended);
  const endsAt = ({ probe, lateMs }: Scene, at: number) => startedAt + startMs(probe, at) + windowMs(probe) + lateMs;
  let done = 0;
  const report = () =>
    onProgress?.({
      done,
      of: scenes.length,
      ...(turns.areGoingOn ? {} : { leftMs: Math.max(0, Math.max(...scenes.map(endsAt)) - now()) }),
    });
  const timer = setInterval(report, 500);
  await Promise.all(
    scenes.map(async (scene, at) => {
      const { probe } = scene;
      const pace = { lane: at, startMs: startMs(probe, at), windowMs: windowMs(probe) };
      await playScene(scene, { server, driver, turns, signal: ended, ...pace });
      if (scene.backup !== undefined) await driver.release?.(scene.session.id);
      done += 1;
      report();
    }),
  );
  clearInterval(timer);
  await playUnheard(scenes, { ...options, signal: ended }, { turns, windowMs });
  return judgeScenes(scenes, options, { interrupted: signal.aborted, mute: turns.mute.aborted });
}

/** New processes at the same time: each is a start. */
const ALONE_AT_ONCE = 8;

interface Replay {
  readonly turns: Turns;
  windowMs(probe: Probe): number;
}

/**
 * Plays scenes once more whose calls ended without a request while others were heard, each in a new process: what a client keeps
 * between calls, such as an open circuit breaker, may have held them back.
 */
async function playUnheard(scenes: Scene[], options: ProbeOptions, { turns, windowMs }: Replay): Promise<void> {
  const { server, driver, signal } = options;
  const unheard = scenes.flatMap((scene, at) => (isUnheard(scene) ? [{ scene, at }] : []));
  if (driver.release === undefined || unheard.length === scenes.length) return;
  const limit = pLimit(ALONE_AT_ONCE);
  await Promise.all(
    unheard.map(({ scene: { probe, variant }, at }) =>
      limit(async () => {
        if (signal.aborted) return;
        const scene: Scene = { ...sceneOf(probe, variant, options), isAlone: true };
        scenes[at] = scene;
        await playScene(scene, { server, driver, turns, signal, lane: at, startMs: 0, windowMs: windowMs(probe) });
        await driver.release?.(scene.session.id);
      }),
    ),
  );
}

function isUnheard({ session, outcomes }: Scene): boolean {
  return outcomes.length > 0 && outcomes.every(({ ok }) => ok !== null) && session.clockStartedAt === undefined;
}

/** What provokes the rule in this client. */
function probeFor({ probe, targetsProbe }: BackoffRule, { takesTargets }: Driver): Probe {
  return takesTargets === true ? (targetsProbe ?? probe) : probe;
}

/** Whether a probe asks for what the driver cannot do, and nobody has named its rule. */
function isBeyond(probe: Probe, { driver, named }: ProbeOptions): boolean {
  return probe.oneProcess === true && driver.startsAtOnce !== undefined && !named;
}

function sceneOf(probe: Probe, given: ProbeVariant, { server, driver, seed }: ProbeOptions): Scene {
  const { engine } = server;
  const { processCalls } = given;
  const variant = driver.startsAtOnce === undefined || processCalls === undefined ? given : { ...given, calls: processCalls };
  const { name, rules, limits = {} } = variant;
  const serviceOf = (data: object) => loadScenario({ file: 'probe', data }, engine.libraries, seed);
  const session = engine.openSession(serviceOf({ name: `${probe.name}: ${name}`, rules, limits }));
  const backup =
    variant.targets === undefined
      ? {}
      : { backup: engine.openSession(serviceOf({ name: `${name}: backup` }), { beside: session }) };
  return { probe, variant, session, ...backup, outcomes: [], lateMs: 0, endedAt: undefined, isCutShort: false, isAlone: false };
}

/** How a battery came to its end. */
interface Ending {
  readonly interrupted: boolean;
  /** Nothing came of the client for so long that nothing more was tried. */
  readonly mute: boolean;
}

/** Each rule judges the scenes of its own probe; some are told of all others, which can only speak against the client. */
function judgeScenes(scenes: readonly Scene[], options: ProbeOptions, { interrupted, mute }: Ending): ProbeRun {
  const { rules, policy, driver, server, seed } = options;
  const noted = scenes
    .flatMap((scene) => entriesOf(scene).map((entry) => ({ scene, entry })))
    .sort((a, b) => a.entry.t_headers - b.entry.t_headers)
    .map(({ scene, entry }, at) => ({ scene, entry: { ...entry, seq: at + 1 } }));
  const stalls = [...driver.stalls, ...server.loopDelays()];
  const entries = noted.map(({ entry }) => entry);
  const all = evidenceOf(entries, circumstancesOf(scenes, stalls), policy);
  const findings = rules.map((rule) => {
    const own = scenes.filter(({ probe }) => probe === probeFor(rule, driver));
    const seen = noted.filter(({ scene }) => own.includes(scene)).map(({ entry }) => entry);
    const heard = judgeRule(rule, evidenceIn(own, seen, { stalls, policy }));
    const finding = rule.hears === 'every scene' ? worse(heard, judgeRule(rule, all)) : heard;
    if (isBeyond(rule.probe, options)) return { ...finding, verdict: 'not_applicable' as const, explain: beyond(rule) };
    if (finding.verdict === 'not_applicable' && rule.targetsProbe !== undefined && driver.takesTargets !== true)
      return { ...finding, explain: ONE_TARGET };
    if (finding.verdict === 'not_applicable' && seen.length === 0)
      return notProvoked(finding, { scenes: own, mute, isSilent: entries.length === 0 });
    return own.some(({ isCutShort }) => isCutShort) ? unlessAccused(finding) : finding;
  });
  const harmful = { id: 'probes', harmful: true, served: entries.length };
  const summed = verdictOf(findings, all, { name: 'probe', seed, rules: [harmful] });
  const verdict = entries.length > 0 ? summed : { ...summed, explain: `${summed.explain}${whatIsSaid(scenes)}` };
  return { verdict: interrupted ? cutShort(verdict, INTERRUPTED) : verdict, entries, interrupted };
}

const ONE_TARGET = 'the client has one target; a module with `export const targets = true` is given several';

interface Watched {
  readonly stalls: Driver['stalls'];
  readonly policy: Policy;
}

/** A scene with several targets is a world of its own: its services are told apart by their names. */
function evidenceIn(scenes: readonly Scene[], entries: readonly JournalEntry[], { stalls, policy }: Watched): EvidenceSet {
  const [scene] = scenes;
  const around = circumstancesOf(scenes, stalls);
  if (scene?.backup === undefined) return evidenceOf(entries, around, policy);
  const named = entries.map((entry) => ({ ...entry, session: entry.session === scene.session.id ? 'primary' : 'backup' }));
  return evidenceOf(named, { ...around, together: true }, policy);
}

const WORSE: readonly Finding['verdict'][] = ['warn', 'fail'];

/** What all scenes show, where that speaks against the client more than those of the rule's own probe. */
function worse(own: Finding, all: Finding): Finding {
  return WORSE.indexOf(all.verdict) > WORSE.indexOf(own.verdict) ? all : own;
}

/** The journal of a scene as it stood at its end: how its calls were broken off then is not the client's doing. */
function entriesOf({ session, backup, endedAt }: Scene): JournalEntry[] {
  const entries = [...session.journal(), ...(backup?.journal() ?? [])];
  return asWatched(entries, endedAt === undefined ? {} : { watchedUntil: endedAt });
}

/** Of the service that has the rules of the variant. */
function outagesOf(scene: Scene): readonly Outage[] {
  const { session } = scene;
  return sessionOutages(
    session,
    entriesOf(scene).filter((entry) => entry.session === session.id),
  );
}

/** What is known of scenes besides their journal. Only the stalls of their own seconds bear on what they measure. */
function circumstancesOf(scenes: readonly Scene[], stalls: Driver['stalls']): RunContext {
  const outcomes = scenes.flatMap(({ outcomes: own, endedAt }) =>
    endedAt === undefined ? own : own.map((outcome) => ({ ...outcome, watchedUntil: endedAt })),
  );
  const watchedUntil = Math.max(0, ...scenes.map(({ endedAt }) => endedAt ?? 0));
  const finished = outcomes.length > 0 && outcomes.every(({ ok }) => ok !== null);
  return {
    watchedUntil,
    ...(finished ? { clientEndedAt: watchedUntil } : {}),
    outcomes,
    outages: scenes.flatMap(outagesOf),
    stalls: stalls.filter((stall) => scenes.some((scene) => wasOn(scene, stall))),
  };
}

/** Whether the stall was in a second that has anything of the scene in it. */
function wasOn({ outcomes: [first], endedAt = Number.POSITIVE_INFINITY }: Scene, stall: Stall): boolean {
  return first?.startedAt !== undefined && isStallWithin(stall, first.startedAt, endedAt);
}

function beyond({ id }: BackoffRule): string {
  return `left out, for each call is a process of its own; if they share what outlives them, ask for it: --only ${id}`;
}

/** What was not watched to its end has not been kept; what was broken by then stays so. */
function unlessAccused(finding: Finding): Finding {
  if (finding.verdict === 'fail' || finding.verdict === 'warn' || finding.verdict === 'inconclusive') return finding;
  return { ...finding, verdict: 'inconclusive', explain: `not watched to its end; so far: ${finding.explain}` };
}

/** A rule that its own probe could not provoke is not settled. What a client says that never sent anything is said once, of all. */
function notProvoked(finding: Finding, { scenes, mute, isSilent }: Silence): Finding {
  const within = mute ? ` within ${START_MOST_MS / 1_000} s of its start` : '';
  const alone = scenes.some(({ isAlone }) => isAlone) ? ', neither beside other calls nor in a process of its own' : '';
  const explain = `the client sent no request${within}${alone}${isSilent ? '' : whatIsSaid(scenes)}`;
  return { ...finding, verdict: 'inconclusive', explain };
}

interface Silence {
  readonly scenes: readonly Scene[];
  readonly mute: boolean;
  /** No scene was heard at all. */
  readonly isSilent: boolean;
}

/** What the client says of its calls, after a semicolon; empty where it says nothing. */
function whatIsSaid(scenes: readonly Scene[]): string {
  const said = scenes.flatMap(({ outcomes }) => outcomes.flatMap(({ error }) => (error === undefined ? [] : [error])))[0];
  return said === undefined ? '' : `; the client says: ${said.slice(0, SAID_MOST)}`;
}
