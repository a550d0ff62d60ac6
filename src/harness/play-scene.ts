import type { Probe, ProbeVariant } from '../core/backoff/kit/probe.ts';
import type { ClientOutcome } from '../core/backoff/kit/rule-evidence.ts';
import type { MockServer } from '../server/start.ts';
import type { Session } from '../session/session.ts';
import type { ClientTarget } from './client-call.ts';
import type { Driver, RunningCall } from './driver.ts';
import { pause } from './pause.ts';
import { PROMPT } from './prompt.ts';
import type { Start, Turns } from './turns.ts';

/** The calls of one variant, and what came of them. Times on the clock of the mock, in milliseconds. */
export interface Scene {
  readonly probe: Probe;
  readonly variant: ProbeVariant;
  readonly session: Session;
  /** The service beside it, where the variant has several targets. */
  readonly backup?: Session;
  readonly outcomes: ClientOutcome[];
  /** How much later than planned its calls came to their first requests: not the client's doing, so the window moves by it. */
  lateMs: number;
  /** When it was over: all calls settled, or the window closed. */
  endedAt: number | undefined;
  /** It was ended before its time. */
  isCutShort: boolean;
  /** Its calls are made in a new process, for beside the others they sent nothing. */
  readonly isAlone: boolean;
}

/** How a scene is played. */
export interface SceneOptions {
  readonly server: MockServer;
  readonly driver: Driver;
  readonly turns: Turns;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
  /** The process of its first call. */
  readonly lane: number;
  /** When it begins, from now. */
  readonly startMs: number;
  readonly windowMs: number;
}

const CALL_STAGGER_MS = 20;
/** After the last call of a variant has settled, an attempt that should not come gets this long to come. */
const AFTERMATH_MS = 700;
/** A client that sends nothing for so long is not starting any more. */
export const START_MOST_MS = 30_000;
const LOOK_MS = 20;
/** How often a scene whose calls are late sees whether they have started. */
const WAKE_MS = 200;

/** Makes the calls of a variant, and waits until they are over or the window closes. Never rejects for what a client does. */
export async function playScene(scene: Scene, play: SceneOptions): Promise<void> {
  const { server, signal, startMs, windowMs } = play;
  const { now } = server.engine.clock;
  await pause(startMs, signal);
  const cast = new ProbeCalls(scene, play, now());
  const settled = cast.perform().then(() => pause(AFTERMATH_MS, signal));
  const leftMs = () => cast.plannedAt(0) + windowMs + scene.lateMs - now();
  const over = new AbortController();
  void settled.then(() => over.abort());
  const ended = AbortSignal.any([signal, over.signal]);
  while (!ended.aborted && (cast.starting || leftMs() > 0))
    await pause(cast.starting ? Math.max(leftMs(), WAKE_MS) : leftMs(), ended);
  scene.endedAt = now();
  scene.isCutShort = signal.aborted && (cast.starting || leftMs() > 0);
  cast.abort();
}

/** The calls of a scene on their way. */
class ProbeCalls {
  readonly #scene: Scene;
  readonly #play: SceneOptions;
  readonly #beganAt: number;
  readonly #running = new Set<RunningCall>();
  /** Calls that a request has come of. */
  readonly #sent = new Set<string>();
  /** The last entry of the journal that was looked at. */
  #seenUpTo = 0;
  /** Calls that are to come to their first request, whatever comes of others. */
  #starting: number;

  constructor(scene: Scene, play: SceneOptions, beganAt: number) {
    this.#scene = scene;
    this.#play = play;
    this.#beganAt = beganAt;
    this.#starting = scene.variant.sequential === true ? 0 : (scene.variant.calls ?? 1);
  }

  get starting(): boolean {
    return this.#starting > 0;
  }

  /** When a call is to start. */
  plannedAt(index: number): number {
    return this.#beganAt + index * (this.#scene.variant.staggerMs ?? CALL_STAGGER_MS);
  }

  /** Makes all calls; resolves when they are over. */
  async perform(): Promise<void> {
    const { signal } = this.#play;
    const { calls = 1, staggerMs = CALL_STAGGER_MS, sequential = false } = this.#scene.variant;
    const all: Promise<void>[] = [];
    for (let index = 0; index < calls && !this.#isOver; index++) {
      const call = this.#make(index);
      all.push(call);
      if (sequential) await call;
      else if (staggerMs > 0) await pause(staggerMs, signal);
    }
    await Promise.all(all);
  }

  abort(): void {
    for (const call of this.#running) void call.abort();
  }

  get #isOver(): boolean {
    return this.#play.signal.aborted || this.#scene.endedAt !== undefined;
  }

  /** Makes one call, when it is its turn, and notes what the client made of it. */
  async #make(index: number): Promise<void> {
    const { server, turns } = this.#play;
    const { sequential = false } = this.#scene.variant;
    const { now } = server.engine.clock;
    const askedAt = now();
    if (sequential) this.#starting += 1;
    let settled: Promise<void> | undefined;
    await turns.take(async () => {
      if (this.#isOver) return 'over before';
      const begun = this.#begin(index);
      settled = begun.settled;
      return begun.start;
    });
    this.#starting -= 1;
    if (sequential) this.#scene.lateMs += now() - askedAt;
    else this.#scene.lateMs = Math.max(this.#scene.lateMs, now() - this.plannedAt(index));
    await settled;
  }

  /** Starts a call. `start` resolves when it has come to its first request, or will not; `settled` when it is over. */
  #begin(index: number): { readonly start: Promise<Start>; readonly settled: Promise<void> } {
    const { server, driver, lane } = this.#play;
    const { session, variant, outcomes, isAlone } = this.#scene;
    const { now } = server.engine.clock;
    const callId = `${session.id}-${index + 1}`;
    const startedAt = now();
    const targets = this.#targetsOf(callId);
    const call = driver.start(
      {
        callId,
        baseURL: this.#urlOf(session, callId),
        apiKey: targets?.[0]?.apiKey ?? 'sk-probe-0123456789abcdefghijklmnopqrstuvwxyz',
        prompt: `${PROMPT} (${index + 1})`,
        stream: variant.stream === true,
        ...(targets === undefined ? {} : { targets }),
      },
      // What a client keeps of its targets, such as a breaker, belongs to one process.
      isAlone || targets !== undefined ? { alone: session.id } : variant.sequential === true ? 'apart' : lane + index,
    );
    this.#running.add(call);
    const started = { call: callId, startedAt, process: call.process };
    const at = outcomes.push({ ...started, ok: null }) - 1;
    const note = (abortedAt: number) => {
      outcomes[at] = { ...started, ok: null, abortedAt };
    };
    const { abortAfterMs: afterMs } = variant;
    const aborting = afterMs === undefined ? undefined : abortLater(call, { session, callId, afterMs, now, note });
    const settle = async () => {
      const answer = await call.answer;
      const settledAt = now();
      await aborting;
      this.#running.delete(call);
      // What comes after the end was cut off by it.
      if (this.#scene.endedAt === undefined) outcomes[at] = { ...outcomes[at], ...started, ...answer, settledAt };
    };
    return { start: this.#startOf(call, { callId, index, startedAt }), settled: settle() };
  }

  #urlOf({ id }: Session, callId: string): string {
    return `${this.#play.server.origin}/s/${encodeURIComponent(id)}/c/${callId}/v1`;
  }

  /** Where the call may go; undefined where the variant has one target. */
  #targetsOf(callId: string): readonly ClientTarget[] | undefined {
    const { session, backup = session, variant } = this.#scene;
    return variant.targets?.map(({ service, key, model }) => ({
      baseURL: this.#urlOf(service === 'primary' ? session : backup, callId),
      apiKey: key,
      model,
    }));
  }

  async #startOf(
    { answer }: RunningCall,
    { callId, index, startedAt }: { readonly callId: string; readonly index: number; readonly startedAt: number },
  ): Promise<Start> {
    const { server, driver } = this.#play;
    const { now } = server.engine.clock;
    let over = false;
    const ended = answer.then(() => void (over = true));
    // The calls of a process that is there start at once, when the first has shown that it is there.
    const isSent = () =>
      driver.startsAtOnce === undefined ? index > 0 || this.#scene.session.clockStartedAt !== undefined : this.#hasSent(callId);
    while (!isSent()) {
      if (over || this.#isOver) return 'over before';
      if (now() >= startedAt + START_MOST_MS) return 'silent';
      await Promise.race([ended, pause(LOOK_MS)]);
    }
    return 'sent';
  }

  /** Whether a request of the call has come. Looks at each entry once, for entries are made when they are looked at. */
  #hasSent(callId: string): boolean {
    for (const { seq, logicalId } of this.#scene.session.journal(this.#seenUpTo)) {
      this.#seenUpTo = seq;
      this.#sent.add(logicalId);
    }
    return this.#sent.has(callId);
  }
}

interface AbortLater {
  readonly session: Session;
  readonly callId: string;
  readonly afterMs: number;
  now(): number;
  /** Told when the client has heard of it. */
  note(abortedAt: number): void;
}

/** Tells the client to stop some time after its first answer began, unless its call is over by then. */
async function abortLater(call: RunningCall, { session, callId, afterMs, now, note }: AbortLater): Promise<void> {
  let settled = false;
  void call.answer.then(() => {
    settled = true;
  });
  const answeredAt = () =>
    session.journal().find(({ logicalId }) => logicalId === callId)?.t_firstByteBefore ?? Number.POSITIVE_INFINITY;
  while (!settled && now() < answeredAt() + afterMs) await pause(LOOK_MS);
  if (settled) return;
  await call.abort();
  note(now());
}
