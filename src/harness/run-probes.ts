import { setMaxListeners } from 'node:events';
import type { Finding } from '../core/backoff/finding.ts';
import { caseOf, judgeRule, verdictOf } from '../core/backoff/judge.ts';
import type { Policy } from '../core/backoff/policy.ts';
import type { Probe, ProbeVariant } from '../core/backoff/probe.ts';
import type { BackoffRule } from '../core/backoff/rule.ts';
import type { Circumstances, ClientOutcome } from '../core/backoff/subject.ts';
import type { Verdict } from '../core/backoff/verdict.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import { loadScenario } from '../engine/load-scenario.ts';
import type { Session } from '../engine/session.ts';
import type { MockServer } from '../server/start.ts';
import type { Driver, RunningCall } from './driver.ts';

export interface ProbeOptions {
  readonly server: MockServer;
  readonly driver: Driver;
  readonly rules: readonly BackoffRule[];
  readonly policy: Policy;
  readonly seed: number;
  /** Watch long waits to their end. */
  readonly full: boolean;
  /** Ends the battery early; what was seen so far is judged. */
  readonly signal: AbortSignal;
  onProgress?(progress: Progress): void;
}

/** How far a battery is. */
export interface Progress {
  readonly done: number;
  readonly of: number;
  /** At most, in milliseconds. */
  readonly leftMs: number;
}

/** What a battery of probes found. */
export interface ProbeRun {
  readonly verdict: Verdict;
  /** All requests, numbered anew across the sessions. */
  readonly entries: readonly JournalEntry[];
  /** The battery was ended before its time. */
  readonly interrupted: boolean;
}

/** The calls of one variant, and what came of them. Times on the clock of the mock. */
interface Scene {
  readonly probe: Probe;
  readonly session: Session;
  readonly outcomes: ClientOutcome[];
  /** When it was over: all calls settled, or the window closed. */
  endedAt: number | undefined;
}

/** Variants start one after the other, so that they do not disturb each other. */
const VARIANT_STAGGER_MS = 50;
const CALL_STAGGER_MS = 20;
/** After the last call of a variant has settled, an attempt that should not come gets this long to come. */
const AFTERMATH_MS = 700;
/** Of what a client says that sends nothing, so much is shown, in characters. */
const SAID_MOST = 300;
/** Prompts are long enough that a stream has some chunks. */
const PROMPT = 'Say a few sentences about waiting.';

/** Provokes every rule, all at the same time, each in sessions of its own. Never rejects for what a client does. */
export async function runProbes(options: ProbeOptions): Promise<ProbeRun> {
  const { rules, server, full, signal, onProgress } = options;
  // Every pause listens.
  setMaxListeners(0, signal);
  const { now } = server.engine.clock;
  const probes = [...new Set(rules.map(({ probe }) => probe))];
  const variants = probes.flatMap((probe) => probe.variants.map((variant) => ({ probe, variant })));
  const windowMs = (probe: Probe) => (full ? (probe.fullWindowMs ?? probe.windowMs) : probe.windowMs);
  const startedAt = now();
  const startMs = (probe: Probe, at: number) => (probe.delayMs ?? 0) + at * VARIANT_STAGGER_MS;
  const endsAt = startedAt + Math.max(...variants.map(({ probe }, at) => startMs(probe, at) + windowMs(probe)));
  let done = 0;
  const report = () => onProgress?.({ done, of: variants.length, leftMs: Math.max(0, endsAt - now()) });
  const timer = setInterval(report, 500);
  const scenes = await Promise.all(
    variants.map(async ({ probe, variant }, at) => {
      const scene = sceneOf(probe, variant, options);
      await play(scene, variant, { ...options, lane: at, startMs: startMs(probe, at), windowMs: windowMs(probe) });
      done += 1;
      report();
      return scene;
    }),
  );
  clearInterval(timer);
  return judgeScenes(scenes, options, signal.aborted);
}

function sceneOf(probe: Probe, { name, rules, limits = {} }: ProbeVariant, { server, seed }: ProbeOptions): Scene {
  const { engine } = server;
  const data = { name: `${probe.name}: ${name}`, rules, limits };
  const session = engine.openSession(loadScenario({ file: 'probe', data }, engine.libraries, seed));
  return { probe, session, outcomes: [], endedAt: undefined };
}

interface Play extends ProbeOptions {
  /** The process of its first call. */
  readonly lane: number;
  readonly startMs: number;
  readonly windowMs: number;
}

/** Makes the calls of a variant, and waits until they are over or the window closes. */
async function play(scene: Scene, variant: ProbeVariant, options: Play): Promise<void> {
  const { server, signal, startMs, windowMs } = options;
  const { now } = server.engine.clock;
  const running = new Set<RunningCall>();
  await pause(startMs, signal);
  const { calls = 1, staggerMs = CALL_STAGGER_MS, sequential = false } = variant;
  const settled = (async () => {
    const all: Promise<void>[] = [];
    for (let index = 0; index < calls && !signal.aborted; index++) {
      const call = make(scene, variant, { ...options, index, running });
      all.push(call);
      if (sequential) await call;
      else if (staggerMs > 0) await pause(staggerMs, signal);
    }
    await Promise.all(all);
    await pause(AFTERMATH_MS, signal);
  })();
  const over = new AbortController();
  await Promise.race([settled, pause(windowMs, AbortSignal.any([signal, over.signal]))]);
  // Nobody waits for the rest of the window.
  over.abort();
  scene.endedAt = now();
  for (const call of running) void call.abort();
}

interface Make extends Play {
  readonly index: number;
  readonly running: Set<RunningCall>;
}

/** Makes one call, and notes what the client made of it. */
async function make(scene: Scene, variant: ProbeVariant, { server, driver, lane, index, running }: Make): Promise<void> {
  const { now } = server.engine.clock;
  const { session, outcomes } = scene;
  const callId = `${session.id}-${index + 1}`;
  const call = driver.start(
    {
      callId,
      baseURL: `${server.origin}/s/${encodeURIComponent(session.id)}/c/${callId}/v1`,
      apiKey: 'sk-probe-0123456789abcdefghijklmnopqrstuvwxyz',
      prompt: `${PROMPT} (${index + 1})`,
      stream: variant.stream === true,
    },
    variant.sequential === true ? 'apart' : lane + index,
  );
  running.add(call);
  const started = { call: callId, startedAt: now(), process: call.process };
  const at = outcomes.push({ ...started, ok: null }) - 1;
  const { abortAfterMs: afterMs } = variant;
  const note = (abortedAt: number) => {
    outcomes[at] = { ...started, ok: null, abortedAt };
  };
  const aborting = afterMs === undefined ? undefined : abortLater(call, { session, callId, afterMs, now, note });
  const answer = await call.answer;
  const settledAt = now();
  await aborting;
  running.delete(call);
  // What comes after the end was cut off by it.
  if (scene.endedAt === undefined) outcomes[at] = { ...outcomes[at], ...started, ...answer, settledAt };
}

interface AbortLater {
  readonly session: Session;
  readonly callId: string;
  readonly afterMs: number;
  now(): number;
  /** Told when the client has heard of it. */
  note(abortedAt: number): void;
}

const LOOK_MS = 20;

/** Tells the client to stop some time after its first answer began, unless its call is over by then. */
async function abortLater(call: RunningCall, { session, callId, afterMs, now, note }: AbortLater): Promise<void> {
  let settled = false;
  void call.answer.then(() => {
    settled = true;
  });
  const answeredAt = () =>
    session.journal().find(({ logicalId }) => logicalId === callId)?.t_firstByteBefore ?? Number.POSITIVE_INFINITY;
  while (!settled && now() < answeredAt() + afterMs) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  if (settled) return;
  await call.abort();
  note(now());
}

/** Each rule judges the scenes of its own probe. */
function judgeScenes(scenes: readonly Scene[], options: ProbeOptions, interrupted: boolean): ProbeRun {
  const { rules, policy, driver, server, seed } = options;
  const noted = scenes
    .flatMap((scene) => entriesOf(scene).map((entry) => ({ scene, entry })))
    .sort((a, b) => a.entry.t_headers - b.entry.t_headers)
    .map(({ scene, entry }, at) => ({ scene, entry: { ...entry, seq: at + 1 } }));
  const stalls = [...driver.stalls, ...server.loopDelays()];
  const findings = rules.map((rule) => {
    const own = scenes.filter(({ probe }) => probe === rule.probe);
    const seen = noted.filter(({ scene }) => own.includes(scene)).map(({ entry }) => entry);
    const finding = judgeRule(rule, caseOf(seen, circumstancesOf(own, stalls), policy));
    return finding.verdict === 'not_applicable' ? notProvoked(finding, seen.length, own) : finding;
  });
  const entries = noted.map(({ entry }) => entry);
  const harmful = { id: 'probes', harmful: true, served: entries.length };
  const all = caseOf(entries, circumstancesOf(scenes, stalls), policy);
  return { verdict: verdictOf(findings, all, { name: 'probe', seed, rules: [harmful] }), entries, interrupted };
}

/** The journal of a scene as it stood at its end: how its calls were broken off then is not the client's doing. */
function entriesOf({ session, endedAt = Number.POSITIVE_INFINITY }: Scene): JournalEntry[] {
  return session
    .journal()
    .filter(({ t_headers }) => t_headers <= endedAt)
    .map((entry) =>
      (entry.t_end ?? 0) > endedAt ? { ...entry, t_end: null, t_clientClose: null, closedBy: null, closedHow: null } : entry,
    );
}

/** What is known of scenes besides their journal. Only the stalls of their own seconds bear on what they measure. */
function circumstancesOf(scenes: readonly Scene[], stalls: Driver['stalls']): Circumstances {
  const outcomes = scenes.flatMap((scene) => scene.outcomes);
  const watchedUntil = Math.max(0, ...scenes.map(({ endedAt }) => endedAt ?? 0));
  const finished = outcomes.length > 0 && outcomes.every(({ ok }) => ok !== null);
  return {
    watchedUntil,
    ...(finished ? { clientEndedAt: watchedUntil } : {}),
    outcomes,
    outages: scenes.flatMap(({ session }) => session.outages()),
    stalls: stalls.filter(({ at }) => scenes.some((scene) => wasOn(scene, at))),
  };
}

/** Delays are told at the end of the second in which they were. */
const TOLD_EVERY_MS = 1_000;

/** Whether a second that ended then has anything of the scene in it. */
function wasOn({ outcomes: [first], endedAt = Number.POSITIVE_INFINITY }: Scene, at: number): boolean {
  return first?.startedAt !== undefined && at >= first.startedAt && at - TOLD_EVERY_MS <= endedAt;
}

/** A rule that its own probe could not provoke is not settled. */
function notProvoked(finding: Finding, requests: number, scenes: readonly Scene[]): Finding {
  if (requests > 0) return finding;
  const said = scenes.flatMap(({ outcomes }) => outcomes.flatMap(({ error }) => (error === undefined ? [] : [error])))[0];
  const explain = `the client sent no request${said === undefined ? '' : `; it says: ${said.slice(0, SAID_MOST)}`}`;
  return { ...finding, verdict: 'inconclusive', explain };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
