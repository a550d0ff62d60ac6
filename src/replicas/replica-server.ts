import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MiddlewareHandler } from 'hono';
import { answerAdmin } from '../cluster/answer-admin.ts';
import type { AdminAnswer, ToWorker } from '../cluster/messages.ts';
import { PrimaryClient } from '../cluster/primary-client.ts';
import { RemoteEngine } from '../cluster/remote-engine.ts';
import { messageOf } from '../core/text/message-of.ts';
import { NOTHING_PERFORMED, type Performed } from '../exchange/performed.ts';
import { libraries } from '../libraries.ts';
import type { LoadedScenario } from '../scenario-files/load-scenario.ts';
import { scenarioHash } from '../scenario-files/scenario-hash.ts';
import { type AdminOptions, createAdmin } from '../server/admin/admin.ts';
import { listen } from '../server/listen.ts';
import type { Serving, SharedListening } from '../server/start.ts';
import { watchLoopDelay } from '../server/timing/loop-delay.ts';
import { StateUnavailableError } from '../session/state-unavailable-error.ts';
import { adminRelay, type Ordering } from './admin-relay.ts';
import { type AnchoredClock, sampleOf } from './anchored-clock.ts';
import { Leases } from './leases.ts';
import { LogFollower } from './log-follower.ts';
import { LogLength } from './log-length.ts';
import { LogWriter, PATIENCE_MS } from './log-writer.ts';
import { PendingAnswers } from './pending-answers.ts';
import type { ReplayClock } from './replay-clock.ts';
import { Replica } from './replica.ts';
import type { AdminOrder, ReplicaMessage } from './replica-message.ts';
import type { Added, Batch, LostLog, SharedLog } from './shared-log.ts';
import type { StoreLink } from './store-link.ts';

export interface ReplicaServerParts {
  readonly replica: string;
  readonly run: string;
  /** When the run began: milliseconds since the epoch, by the store's clock. */
  readonly began: number;
  readonly log: SharedLog;
  readonly link: StoreLink;
  /** The same log by a connection of its own, which waits there for entries. */
  readonly readingLog: SharedLog;
  readonly reading: StoreLink;
  readonly clock: AnchoredClock;
  readonly replay: ReplayClock;
  readonly serving: Serving;
  readonly admin: AdminOptions;
  onWarning(message: string): void;
  onLost(message: string, joinsAgain: boolean): void;
}

/** How an exchange ends that was decided after its client had been told that the store is silent. */
const TAKEN_BACK: Performed = { ...NOTHING_PERFORMED, closedBy: 'server', closedHow: 'reset' };
/** The others are heard within this time, or are not waited for: one that died is taken out only later. */
const HEARING_MS = 1_000;
/** Time for the last words. */
const LEAVING_MS = 2_000;
/** How often it is written down that requests were refused. */
const TELLING_MS = 250;
/** A decision that takes longer is told. */
const SLOW_MS = 1_000;
/** The others are told of an event loop that was as late as that. */
const LATE_MS = 20;

const SILENT = 'Nothing is decided without it, so that nothing is counted twice. Ask again when it is back.';
const LOST: Readonly<Record<LostLog, string>> = {
  'other run': 'the store has lost what was decided: it was emptied, or began anew',
  'no member': 'the other replicas took this one for dead: it did not reach the store for too long',
  gap: 'the store has lost a part of what was decided',
};

/** Serves as one of several replicas: all that requests share is decided in the log. */
export class ReplicaServer {
  readonly relay: MiddlewareHandler;
  readonly #parts: ReplicaServerParts;
  readonly #line: PrimaryClient<ReplicaMessage>;
  readonly #remote: RemoteEngine;
  readonly #writer: LogWriter;
  readonly #follower: LogFollower;
  readonly #leases: Leases;
  readonly #replica: Replica;
  readonly #length: LogLength;
  readonly #orders = new PendingAnswers<AdminAnswer>();
  readonly #asked = new PendingAnswers<void>();
  /** Of orders, below those of requests. */
  #refs = 0;
  /** Requests that were refused, and are not in the log yet. */
  #refused: { requests: number; from: number; to: number } | undefined;
  #telling: NodeJS.Timeout | undefined;
  /** It has carried out what was there as it joined. */
  #isUpToDate = false;
  #isSilent = false;
  #isOver = false;

  constructor(parts: ReplicaServerParts) {
    const { clock, log, readingLog, replay, replica, run, serving } = parts;
    const onTrouble = (error: unknown) => this.#troubled(error);
    const onLost = (why: LostLog) => this.#lost(why);
    const now = () => performance.now();
    const say = (message: ReplicaMessage) => {
      // What others asked before it came is none of its business.
      if (this.#isUpToDate) this.#line.notify(message);
    };
    this.#parts = parts;
    this.#writer = new LogWriter({
      as: { run, replica },
      clock,
      now,
      hasOthers: () => this.#replica.hasOthers,
      add: (batch, messages) => this.#add(batch, messages),
      onSilence: (ref) => this.#refuse(ref),
      onStored: () => this.#answers(),
      onTrouble,
      onLost,
    });
    this.#line = new PrimaryClient((batch) => this.#writer.write(batch));
    this.#remote = new RemoteEngine({ clock, libraries, line: this.#line });
    this.#length = new LogLength(parts.onWarning);
    this.#replica = new Replica({
      id: replica,
      engine: serving.engine,
      clock: replay,
      began: parts.began,
      loopDelay: serving.loopDelay,
      tell: (message) => this.#hear(message),
      say,
      carryOut: carrierOf(parts.admin),
      onAsked: (ref) => {
        this.#writer.answered(ref);
        const heard = Promise.race([this.#replica.told(), sleep(HEARING_MS, undefined, { ref: false })]);
        void heard.then(() => this.#asked.resolve(ref));
      },
      onOrdered: (ref, answer) => {
        this.#writer.answered(ref);
        this.#orders.resolve(ref, answer);
      },
      onFailure: serving.onFailure,
    });
    this.#follower = new LogFollower({
      after: (n) => readingLog.after(n, 'waits'),
      isWriting: () => this.#writer.isWriting,
      apply: (entry) => this.#replica.apply(entry),
      onTrouble,
      onGap: () => this.#lost('gap'),
      onParted: (error) => this.#parted(error),
    });
    this.#leases = new Leases({
      replica,
      now,
      beat: () => log.beat(run, replica, this.#follower.known),
      takeOut: (dead) => log.takeOut(run, dead, 'silent'),
      onBeat: (askedAt, beat, heardAt) => {
        clock.add(sampleOf(askedAt, beat.storeMs, heardAt));
        this.#length.look(beat);
        this.#answers();
      },
      onLost,
      onTrouble,
    });
    this.relay = adminRelay({
      engine: serving.engine,
      order: (ordering) => this.#order(ordering),
      settled: () => this.#settled(),
    });
  }

  /** Whether what happens now is said by this replica itself. */
  get isServing(): boolean {
    return this.#replica.isHeard;
  }

  /** Serves once it has carried out what the others decided up to that entry. Rejects with the system's error when the address cannot be had. */
  async listen(n: number): Promise<SharedListening> {
    const { serving, clock } = this.#parts;
    // To read a long log takes longer than a lease.
    this.#leases.begin();
    void this.#follower.run();
    await this.#follower.reached(n);
    this.#isUpToDate = true;
    const { host, port, tls, onFailure, admin, adminListener } = serving;
    try {
      const listening = await listen({
        engine: this.#remote,
        host,
        port,
        tls,
        onFailure,
        admin: admin === undefined ? undefined : adminListener,
      });
      const stopWatching = watchLoopDelay(({ p50, p99, max }) => {
        // Clocks that differ look like lateness, too.
        const { errorMs } = clock;
        const row = { at: clock.now(), p50: p50 + errorMs, p99: p99 + errorMs, max: max + errorMs };
        if (row.max >= LATE_MS) this.#line.notify({ kind: 'loop delay', row });
      });
      return {
        ...listening,
        settled: () => this.#settled(),
        downtimes: {
          serverWentDown: ({ id: rule }) => this.#line.notify({ kind: 'went down', rule }),
          serverCameBack: () => this.#line.notify({ kind: 'is back' }),
        },
        replaceScenario: (scenario) => this.#reload(scenario),
        close: async (graceMs) => {
          stopWatching();
          await listening.close(graceMs);
          await this.#leave();
        },
      };
    } catch (error) {
      await this.#leave();
      throw error;
    }
  }

  /** What others have written is read with it: its own entry is the last of what follows. */
  #add(batch: Omit<Batch, 'known'>, messages: readonly ReplicaMessage[]): Promise<Added> {
    const { log } = this.#parts;
    const known = this.#follower.n;
    const added = log.add({ ...batch, known }, messages);
    log.after(known, 'at once').then(
      (entries) => this.#follower.take(entries),
      () => undefined,
    );
    return added;
  }

  #hear(message: ToWorker): void {
    switch (message.kind) {
      case 'plan':
        this.#remote.learn(message);
        break;
      case 'decided':
      case 'decided early':
      case 'stale':
      case 'placed':
      case 'sessions full':
      case 'failed':
        this.#answered(message);
        break;
      default:
    }
  }

  #answered(answer: Extract<ToWorker, { ref: number }>): void {
    const afterMs = this.#writer.answered(answer.ref);
    if (afterMs === undefined) {
      this.#takeBack(answer);
      return;
    }
    if (afterMs > SLOW_MS) this.#parts.onWarning(`the store took ${(afterMs / 1_000).toFixed(1)} s for a decision`);
    this.#line.answered(answer);
  }

  /** Its client was told that nothing was decided. */
  #takeBack(answer: Extract<ToWorker, { ref: number }>): void {
    const isDecided = answer.kind === 'decided' || (answer.kind === 'decided early' && answer.refusal !== undefined);
    if (!isDecided) return;
    const end = { performed: TAKEN_BACK, endedAt: this.#parts.clock.now(), unused: undefined, billed: 0 };
    this.#line.notify({ kind: 'exchange progress', ref: answer.ref, end });
  }

  #refuse(ref: number): void {
    const error = new StateUnavailableError(SILENT);
    if (this.#orders.reject(ref, error) || this.#asked.reject(ref, error)) return;
    this.#line.refused(ref, error);
    const at = this.#parts.clock.now();
    this.#refused ??= { requests: 0, from: Math.max(0, at - PATIENCE_MS), to: at };
    this.#refused.requests += 1;
    this.#refused.to = at;
    this.#telling ??= setInterval(() => this.#tellRefused(), TELLING_MS).unref();
  }

  /** Writes down how many were refused, once the store answers. */
  #tellRefused(): void {
    if (this.#isSilent || this.#refused === undefined) return;
    this.#line.notify({ kind: 'unanswered', ...this.#refused });
    this.#refused = undefined;
    clearInterval(this.#telling);
    this.#telling = undefined;
  }

  #order(ordering: Ordering): Promise<AdminAnswer> {
    this.#refs -= 1;
    const ref = this.#refs;
    const answer = this.#orders.wait(ref);
    this.#line.notify({ kind: 'admin order', ref, seed: randomInt(2 ** 32), ...ordering });
    return answer;
  }

  /** Resolves when this replica knows what the others knew, and they know what it did. */
  async #settled(): Promise<void> {
    this.#refs -= 1;
    const ref = this.#refs;
    const heard = this.#asked.wait(ref);
    this.#line.notify({ kind: 'ask all', ref });
    await heard;
  }

  #reload({ source, plan: { seed } }: LoadedScenario): void {
    this.#line.flush();
    this.#writer.write([{ kind: 'reload', source, seed }], scenarioHash({ source, seed }));
  }

  #troubled(error: unknown): void {
    if (this.#isSilent || this.#isOver) return;
    this.#isSilent = true;
    this.#parts.onWarning(`the store does not answer, so that requests are refused: ${messageOf(error)}`);
  }

  #answers(): void {
    if (!this.#isSilent) return;
    this.#isSilent = false;
    this.#parts.onWarning('the store answers again');
  }

  #lost(why: LostLog): void {
    if (this.#isOver) return;
    this.#end();
    this.#parts.onLost(LOST[why], true);
  }

  #parted(error: unknown): void {
    if (this.#isOver) return;
    this.#end();
    this.#parts.onLost(`this replica cannot do what the others did: ${messageOf(error)}`, false);
  }

  /** Says the last words, and takes itself out. */
  async #leave(): Promise<void> {
    if (this.#isOver) return;
    const { log, replica, run } = this.#parts;
    this.#line.flush();
    const left = this.#writer.written().then(() => log.takeOut(run, replica, 'leaves'));
    await Promise.race([left.catch(() => undefined), sleep(LEAVING_MS)]);
    this.#end();
  }

  #end(): void {
    this.#isOver = true;
    clearInterval(this.#telling);
    this.#leases.end();
    this.#follower.end();
    this.#writer.end();
    this.#parts.link.end();
    this.#parts.reading.end();
  }
}

/** Carries out orders, one after the other, by an admin API that lets everybody in: who may order was asked where the order came in. */
function carrierOf(admin: AdminOptions): (order: AdminOrder) => Promise<AdminAnswer> {
  let seed = 0;
  const nothing = async (): Promise<void> => undefined;
  const app = createAdmin({
    ...admin,
    access: undefined,
    relay: undefined,
    settled: nothing,
    onEvents: () => undefined,
    anySeed: () => seed,
  });
  return (order) => {
    seed = order.seed;
    return answerAdmin({ ...order, kind: 'admin' }, { admin: async (request) => app.fetch(request), settled: nothing });
  };
}
