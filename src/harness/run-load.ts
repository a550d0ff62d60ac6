import { asWatched } from '../core/backoff/history/as-watched.ts';
import { historiesOf } from '../core/backoff/history/history.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import type { CallRecord } from '../core/load/call-record.ts';
import type { GatewayTraffic } from '../core/load/gateway-traffic.ts';
import type { Delay, LoadRun } from '../core/load/load-run.ts';
import { shareOf } from '../core/load/shard.ts';
import { inputTokens } from '../core/openai/content/tokens.ts';
import { basePathOf } from '../core/openai/dialects/registry.ts';
import { clientKey } from '../exchange/client-key.ts';
import type { MockServer } from '../server/start.ts';
import type { Session } from '../session/session.ts';
import { sessionURL } from '../session/session-url.ts';
import { type Background, startBackground } from './background.ts';
import { BACKGROUND_CALL } from './background-message.ts';
import { ClientError } from './driver.ts';
import { GatewayFront } from './gateway-front.ts';
import { type GroupGuard, guardGroups } from './group-guard.ts';
import { Hammer, isHammered } from './hammer.ts';
import { loadSessions, loadTroubles } from './load-journal.ts';
import type { ClientSource, LoaderEvent, LoadService, LoadTarget } from './load-message.ts';
import { distribute, isCallOf, type LoadPlan, WHOLE, workloadOf } from './load-plan.ts';
import { Loader } from './loader.ts';
import { machineNow } from './machine-clock.ts';
import { pause } from './pause.ts';
import { PROMPT } from './prompt.ts';
import { openWarmUp } from './warm-up.ts';

export interface LoadOptions {
  readonly server: MockServer;
  readonly source: ClientSource;
  readonly plan: LoadPlan;
  /** When the load begins, in milliseconds since the epoch; default: as soon as it can. */
  readonly startAt?: number;
  /** The mock is that of all shards: its journal has the calls of the others, too. */
  readonly isShared?: boolean;
  readonly apiKey: string;
  /** The address of a gateway that the clients talk to. */
  readonly through?: string;
  /** Requests a second of noise that never retries. */
  readonly backgroundPerSecond?: number;
  /** Connections that ask again at once and never back off. The journal of the server leaves them out. */
  readonly hammerConnections?: number;
  /** Time for calls under way when no more are started, in milliseconds. */
  readonly drainMs: number;
  /** Its reason says who interrupts the load: `interrupted by SIGINT`. */
  readonly signal: AbortSignal;
}

/** How far a load is. */
export interface LoadProgress {
  readonly elapsedMs: number;
  readonly forMs: number;
  readonly started: number;
  readonly ok: number;
  readonly failed: number;
  readonly inFlight: number;
  readonly attempts: number;
}

/** The journal of a load run holds so many requests; the run ends when it is full. */
export const LOAD_ENTRIES = 500_000;

/** What a chat with one message counts beside its text. */
const MESSAGE_TOKENS = 6;
/** Calls of each process that nobody counts. */
const WARM_UPS = 3;
/** Time to tell all processes what to do. */
const LEAD_MS = 300;
/** Time for clients to come back that were told to stop. */
const ABORT_MS = 500;
/** Time for a client process to tell what it knows, before it counts as silent. */
const ANSWER_MS = 2_000;
/** A start may be told so much later than it was due while the load is on. */
const TELLING_MS = 500;
/** A client that does not stop delays the end of an interrupted run no longer than this. */
const INTERRUPTED_DRAIN_MS = 5_000;
const POLL_MS = 50;

/** A fleet at work. */
export class RunningLoad {
  readonly #options: LoadOptions;
  readonly #guard: Promise<GroupGuard>;
  readonly #loaders: Loader[] = [];
  /** Calls that are to start at their time, and by which process. */
  readonly #planned: Pick<CallRecord, 'call' | 'process' | 'scheduledAt'>[] = [];
  readonly #records = new Map<string, CallRecord>();
  readonly #driverDelays: Delay[] = [];
  /** What to add to a time of the machine's clock to have it on the journal's. */
  readonly #shift: number;
  #background: Background | undefined;
  #hammer: Hammer | undefined;
  #front: GatewayFront | undefined;
  #zeroAt = 0;
  #stoppedAt: number | undefined;
  #cutShort: string | undefined;
  /** When clients that had not come back were told to stop: what they leave from then on is not their doing. */
  #abortedAt: number | undefined;
  #hasEnded = false;
  #attempts = 0;
  #ok = 0;
  #failed = 0;
  #started = 0;
  #settled = 0;

  private constructor(options: LoadOptions) {
    this.#options = options;
    // After the client processes have been started, which do not wait for it.
    this.#guard = Promise.resolve().then(guardGroups);
    this.#shift = options.server.engine.clock.now() - machineNow();
  }

  /** Starts the client processes and warms them up. Rejects with a ClientError when the client cannot be used. */
  static async start(options: LoadOptions): Promise<RunningLoad> {
    const load = new RunningLoad(options);
    try {
      await load.#prepare();
    } catch (error) {
      await load.close();
      throw error;
    }
    return load;
  }

  /** Puts the load on; resolves when its last call has settled, or was given up, and the background is over. */
  async run(): Promise<void> {
    const { plan, server, drainMs, signal } = this.#options;
    const zeroAt = this.#beginsAt();
    this.#zeroAt = zeroAt + this.#shift;
    const judged = new Set<string>(loadSessions(server.engine).map(({ id }) => id));
    let inJournal = 0;
    const stopCounting = server.engine.onEntry((record) => {
      if (!judged.has(record.place.session)) return;
      if (isHammered(record.logicalId)) return this.#hammer?.note(record, this.#zeroAt);
      inJournal += 1;
      if (this.isOwn(record.logicalId)) this.#attempts += 1;
      if (inJournal >= LOAD_ENTRIES) this.stop(`after ${LOAD_ENTRIES} requests, more than the journal holds`);
    });
    const target = this.#clientTarget;
    // What the gateway has asked by itself begins no scenario.
    if (this.#front !== undefined) server.engine.defaultSession.reset();
    for (const [index, work] of distribute(plan).entries()) {
      const loader = this.#loaders[index];
      for (const { call, at } of work.starts)
        this.#planned.push({ call, process: loader?.name ?? '', scheduledAt: this.#zeroAt + at });
      loader?.say({ type: 'orders', orders: { ...work, zeroAt, target } });
    }
    for (const noise of this.#noises) noise.begin({ zeroAt, forMs: plan.forMs });
    const interrupted = () => this.stop(String(signal.reason));
    signal.addEventListener('abort', interrupted);
    if (signal.aborted) interrupted();
    const all = [...this.#loaders, ...this.#noises].map(({ finished }) => finished);
    const finished = Promise.all(all).then(() => true);
    const givenUpAt = () =>
      this.#stoppedAt === undefined
        ? this.#zeroAt + plan.forMs + drainMs
        : this.#stoppedAt + Math.min(drainMs, INTERRUPTED_DRAIN_MS);
    while (!(await Promise.race([finished, pause(POLL_MS)])) && this.#now() < givenUpAt());
    this.#abortedAt = this.#now();
    for (const loader of this.#loaders) loader.say({ type: 'abort' });
    await Promise.race([finished, pause(ABORT_MS)]);
    for (let waitedMs = ABORT_MS; waitedMs < ANSWER_MS && this.#silent().length > 0; waitedMs += POLL_MS) await pause(POLL_MS);
    await this.#front?.caughtUp();
    if (this.#options.isShared === true) await server.settled();
    this.#hasEnded = true;
    stopCounting();
    await this.#closeNoises();
  }

  /** Whether a call is one of this load, and not of another shard. */
  isOwn(call: string): boolean {
    const { isShared = false, plan } = this.#options;
    return !isShared || isCallOf(call, plan);
  }

  /** When the load begins, on the machine's clock. */
  #beginsAt(): number {
    const soonest = machineNow() + LEAD_MS;
    const { startAt } = this.#options;
    if (startAt === undefined) return soonest;
    const leftMs = startAt - Date.now();
    if (leftMs >= LEAD_MS) return machineNow() + leftMs;
    const lateMs = LEAD_MS - leftMs;
    throw new ClientError(`the clients were ready ${(lateMs / 1_000).toFixed(1)} s too late for --start-at: take a later time`);
  }

  /** When the load began, by the wall clock of this machine: milliseconds since the epoch. */
  get beganAt(): number {
    return Date.now() + this.#zeroAt - this.#now();
  }

  /** Starts no more calls; those under way go on to their end. */
  stop(why: string): void {
    if (this.#stoppedAt !== undefined) return;
    this.#stoppedAt = this.#now();
    this.#cutShort = why;
    for (const loader of this.#loaders) loader.say({ type: 'stop' });
    void this.#closeNoises();
  }

  progress(): LoadProgress {
    const { plan } = this.#options;
    return {
      elapsedMs: Math.max(0, this.#now() - this.#zeroAt),
      forMs: plan.forMs,
      started: this.#started,
      ok: this.#ok,
      failed: this.#failed,
      inFlight: this.#started - this.#settled,
      attempts: this.#attempts,
    };
  }

  /** All that is known so far. `brownOut` is the share of failures from which on a span is judged as an outage is. */
  snapshot(journal: readonly JournalEntry[], brownOut?: number): LoadRun {
    const { plan, server } = this.#options;
    const { capacity } = server.engine.defaultSession.plan;
    const isNoise = ({ logicalId }: JournalEntry) => logicalId.startsWith(BACKGROUND_CALL);
    const { watchedUntil } = this;
    const own = journal.filter(({ logicalId }) => this.isOwn(logicalId));
    const entries = asWatched(
      own.filter((entry) => !isNoise(entry)),
      { watchedUntil },
    );
    const plannedUntil = this.#zeroAt + Math.max(plan.forMs, plan.atOnce?.at ?? 0);
    return {
      workload: workloadOf(plan),
      records: [...this.#records.values(), ...this.#unreported(entries)],
      histories: historiesOf(entries),
      entries,
      background: own.filter(isNoise),
      ...loadTroubles(server.engine, entries, brownOut),
      capacityPerSecond: capacity?.perSecond ?? null,
      from: this.#zeroAt,
      steadyFrom: this.#zeroAt + plan.rampMs,
      loadUntil: Math.max(this.#zeroAt, Math.min(plannedUntil, this.#now(), ...this.#brokenOffAt())),
      mockDelays: server.loopDelays().filter(({ at }) => at >= this.#zeroAt),
      driverDelays: this.#driverDelays,
      promptTokens: inputTokens(PROMPT, 'estimate', server.engine.libraries) + MESSAGE_TOKENS,
      cutShort: this.#whyCutShort(),
      together: loadSessions(server.engine).length > 1 ? true : undefined,
      through: this.#front?.traffic,
      hammer: this.#hammer?.traffic,
      silence: this.#front === undefined ? undefined : this.#whyNothingCame(this.#front.traffic),
    };
  }

  /** From when on nothing can be learnt of the clients, on the journal's clock. */
  get watchedUntil(): number {
    return this.#abortedAt ?? this.#now();
  }

  get driverDelays(): readonly Delay[] {
    return this.#driverDelays;
  }

  async close(): Promise<void> {
    await Promise.all([this.#closeNoises(), this.#front?.close(), ...this.#loaders.map((loader) => loader.close())]);
    (await this.#guard).close();
  }

  /** Ends all processes at once: for the exit of this one. */
  kill(): void {
    for (const noise of this.#noises) noise.kill();
    this.#front?.kill();
    for (const loader of this.#loaders) loader.kill();
  }

  /** Ids of the client processes. */
  get pids(): readonly number[] {
    return this.#loaders.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  async #prepare(): Promise<void> {
    const { plan, source, server, through, backgroundPerSecond, hammerConnections = 0 } = this.#options;
    const { shard = WHOLE } = plan;
    for (let index = 0; index < plan.processes; index++) this.#loaders.push(this.#loader(`p${index + 1}`, source));
    await this.#unlessInterrupted(Promise.all(this.#loaders.map(({ ready }) => ready)));
    if (through !== undefined) this.#front = await GatewayFront.start(through);
    if (backgroundPerSecond !== undefined) {
      const target = this.#target('default');
      this.#background = await startBackground({ target, perSecond: backgroundPerSecond, shard });
    }
    const connections = shareOf(hammerConnections, shard);
    if (connections > 0) {
      const service = this.#service(this.#firstAsked);
      this.#hammer = await Hammer.start({ service, prompt: PROMPT, connections }, this.#guard);
    }
    // A command starts anew for each call: there is nothing to warm.
    if ('command' in source) return;
    const { session, close } = await openWarmUp(server);
    await this.#unlessInterrupted(Promise.all(this.#loaders.map((loader) => loader.warm(this.#warmUpTarget(session), WARM_UPS))));
    await close();
  }

  /** What asks beside the fleet. */
  get #noises(): readonly (Background | Hammer)[] {
    return [this.#background, this.#hammer].filter((noise) => noise !== undefined);
  }

  async #closeNoises(): Promise<void> {
    await Promise.all(this.#noises.map((noise) => noise.close()));
  }

  #loader(name: string, source: ClientSource): Loader {
    return new Loader({
      name,
      source,
      guard: this.#guard,
      onEvents: (events) => {
        for (const event of events) this.#note(event, name);
      },
      onDelay: (ms) => {
        if (this.#zeroAt > 0) this.#driverDelays.push({ at: this.#now(), ms });
      },
    });
  }

  #note(event: LoaderEvent, process: string): void {
    if ('scheduledAt' in event) {
      const { call, scheduledAt, startedAt } = event;
      const started = startedAt === null ? null : startedAt + this.#shift;
      this.#records.set(call, {
        call,
        process,
        scheduledAt: scheduledAt + this.#shift,
        startedAt: started,
        settledAt: null,
        ok: null,
      });
      if (started !== null) this.#started += 1;
      return;
    }
    const record = this.#records.get(event.call);
    const settledAt = event.settledAt + this.#shift;
    if (record === undefined || settledAt > (this.#abortedAt ?? Number.POSITIVE_INFINITY)) return;
    this.#records.set(event.call, { ...record, ...event.answer, settledAt });
    this.#settled += 1;
    if (event.answer.ok) this.#ok += 1;
    else this.#failed += 1;
  }

  /** Processes that did not tell in time what they know. */
  #silent(): readonly Loader[] {
    return this.#abortedAt === undefined ? [] : this.#loaders.filter(({ hasTold }) => !hasTold);
  }

  #silenceText(silent: readonly Loader[]): string {
    const sinceMs = Math.max(0, Math.min(...silent.map(({ heardAt }) => heardAt)) + this.#shift - this.#zeroAt);
    const since = `since ${(sinceMs / 1_000).toFixed(1)} s after the load began`;
    const names = silent.map(({ name }) => name).join(', ');
    return silent.length === 1
      ? `client process ${names} has not answered ${since}: its event loop is blocked`
      : `client processes ${names} have not answered ${since}: their event loops are blocked`;
  }

  /** Calls that were due, and of which their process has not told. The journal may know that they started. */
  #unreported(entries: readonly JournalEntry[]): CallRecord[] {
    const now = this.#hasEnded ? this.#now() : this.#now() - TELLING_MS;
    const until = Math.min(now, (this.#stoppedAt ?? Number.POSITIVE_INFINITY) - TELLING_MS);
    const missing = this.#planned.filter(({ call, scheduledAt }) => scheduledAt < until && !this.#records.has(call));
    if (missing.length === 0) return [];
    const firstRequests = new Map([...entries].reverse().map(({ logicalId, t_headers }) => [logicalId, t_headers]));
    return missing.map((planned) => ({
      ...planned,
      startedAt: firstRequests.get(planned.call) ?? null,
      settledAt: null,
      ok: null,
      unreported: true,
    }));
  }

  async #unlessInterrupted(work: Promise<unknown>): Promise<void> {
    const { signal } = this.#options;
    const interrupted = new Promise<never>((_resolve, reject) => {
      const end = () => reject(new ClientError(`${signal.reason} before the load began`));
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
    });
    await Promise.race([work, interrupted]);
  }

  /** From when on it was not the load that was planned: nobody may be blamed for calls that did not start. */
  #brokenOffAt(): number[] {
    const deaths = this.#loaders.flatMap(({ diedAt }) => (diedAt === undefined ? [] : [diedAt + this.#shift]));
    const silences = this.#silent().map(({ heardAt }) => heardAt + this.#shift);
    return [...(this.#stoppedAt === undefined ? [] : [this.#stoppedAt]), ...deaths, ...silences];
  }

  #whyCutShort(): string | null {
    const died = this.#loaders.flatMap(({ died: how }) => (how === undefined ? [] : [how]));
    const silent = this.#silent().length === 0 ? [] : [this.#silenceText(this.#silent())];
    const stopped = this.#cutShort === undefined ? [] : [this.#cutShort];
    const fronts = this.#front === undefined ? [] : [this.#front];
    const parts = [...stopped, ...died, ...silent, ...[...this.#noises, ...fronts].flatMap(({ trouble }) => trouble)];
    return parts.length === 0 ? null : parts.join('; ');
  }

  /** Calls whose command left processes behind, which were ended. */
  get leftBehind(): number {
    return this.#loaders.reduce((sum, { leftBehind }) => sum + leftBehind, 0);
  }

  /** Where the clients under load find the mock, or the gateway before it. */
  get #clientTarget(): LoadTarget {
    const target = this.#target('default');
    if (this.#front !== undefined) return { ...target, callsURL: this.#front.callsURL, promptNamesCall: true };
    return { ...target, ...servicesOf(this.#options.server.engine.providers.map((session) => this.#service(session))) };
  }

  /** As many services as the load has, each of them healthy. */
  #warmUpTarget(healthy: Session): LoadTarget {
    const { providers } = this.#options.server.engine;
    return { ...this.#target(healthy.id), ...servicesOf(providers.map(() => this.#service(healthy))) };
  }

  /** Of a scenario with several services, the one that fleets ask first. */
  get #firstAsked(): Session {
    const { providers, defaultSession } = this.#options.server.engine;
    return providers[0] ?? defaultSession;
  }

  #service({ id, plan }: Session): LoadService {
    return { callsURL: this.#target(id).callsURL, basePath: basePathOf(plan.dialect), apiKey: clientKey(plan) };
  }

  #whyNothingCame({ url, answers }: GatewayTraffic): string {
    const { server } = this.#options;
    const upstream = sessionURL(server.origin, this.#firstAsked);
    const answered = Object.entries(answers).map(([status, count]) => `${status}: ${count}`);
    const said = answered.length === 0 ? 'The clients sent it nothing.' : `It answered the clients by ${answered.join(', ')}.`;
    return `Nothing came to ${server.origin} from the gateway at ${url}. ${said} Is its upstream ${upstream}?`;
  }

  #target(session: string): LoadTarget {
    const { server, apiKey } = this.#options;
    return { callsURL: `${server.origin}/s/${encodeURIComponent(session)}/c`, apiKey, prompt: PROMPT };
  }

  #now(): number {
    return this.#options.server.engine.clock.now();
  }
}

function servicesOf(services: readonly LoadService[]): Pick<LoadTarget, 'services'> {
  return services.length === 0 ? {} : { services };
}
