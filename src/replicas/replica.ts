import { ConnectionNumbers } from '../cluster/connection-numbers.ts';
import { type DecisionMessage, DecisionService } from '../cluster/decision-service.ts';
import type { AdminAnswer, ToWorker } from '../cluster/messages.ts';
import { PlanRegistry } from '../cluster/plan-registry.ts';
import { libraries } from '../libraries.ts';
import { loadScenario } from '../scenario-files/load-scenario.ts';
import { scenarioHash } from '../scenario-files/scenario-hash.ts';
import type { LoopDelays } from '../server/timing/loop-delay.ts';
import type { Engine } from '../session/engine.ts';
import { LogWaits } from './log-waits.ts';
import type { ReplayClock } from './replay-clock.ts';
import type { AdminOrder, ReplicaMessage } from './replica-message.ts';
import type { LogEntry } from './shared-log.ts';

export interface ReplicaParts {
  readonly id: string;
  readonly engine: Engine;
  readonly clock: ReplayClock;
  /** When the run began: milliseconds since the epoch, by the store's clock. */
  readonly began: number;
  readonly loopDelay: LoopDelays;
  /** Told what this replica waits for. */
  tell(message: ToWorker): void;
  /** Writes into the log, with what else this replica has to say. */
  say(message: ReplicaMessage): void;
  /** Carries out a request to the admin API. */
  carryOut(order: AdminOrder): Promise<AdminAnswer>;
  /** All that was said before this replica asked was carried out; the others are asked for more. */
  onAsked(ref: number): void;
  /** An order of this replica is carried out. */
  onOrdered(ref: number, answer: AdminAnswer): void;
  onFailure(error: unknown): void;
}

/** What replicas say of themselves. */
type OfReplica = Extract<ReplicaMessage, { kind: 'ask all' | 'pong' | 'go on' | 'loop delay' }>;

const DECISIONS: Readonly<Record<DecisionMessage['kind'], true>> = {
  decide: true,
  'decide early': true,
  place: true,
  keep: true,
  waits: true,
  'exchange progress': true,
  abandoned: true,
  reading: true,
  'connection gone': true,
};

function isDecision(message: ReplicaMessage): message is DecisionMessage {
  return Object.hasOwn(DECISIONS, message.kind);
}

/**
 * A copy of the mock's state, which carries out the log. All replicas carry out the same entries in the same order, at the same times, and
 * so decide the same: nothing else may change this state.
 */
export class Replica {
  readonly #parts: ReplicaParts;
  readonly #plans: PlanRegistry;
  readonly #connections = new ConnectionNumbers();
  readonly #desks = new Map<string, DecisionService>();
  readonly #ids = new Map<DecisionService, string>();
  readonly #waits: LogWaits;
  /** What the scenario is from that the replicas were started with, or that its file became. */
  #brought = '';
  /** What orders came to here, until their replicas say what they came to there. */
  readonly #ordered = new Map<string, number>();
  #isDown = false;
  #entry = 0;
  #speaker = '';

  constructor(parts: ReplicaParts) {
    const { engine, id, say, tell } = parts;
    this.#parts = parts;
    this.#plans = new PlanRegistry(engine);
    this.#waits = new LogWaits({
      entry: () => this.#entry,
      isOwn: (desk) => this.#ids.get(desk) === id,
      pong: (ping) => say({ kind: 'pong', ping }),
      goOn: (ref) => say({ kind: 'go on', ref }),
    });
    engine.onPlan((session, changed) => {
      const news = changed === engine.defaultSession ? this.#plans.allNews() : [this.#plans.updateFor(session, changed)];
      news.forEach(tell);
    });
    this.#plans.allNews().forEach(tell);
  }

  /** Whether it is this replica whose entry is carried out. */
  get isHeard(): boolean {
    return this.#speaker === this.#parts.id;
  }

  /** Whether another replica has said something, and is not gone. */
  get hasOthers(): boolean {
    return this.#desks.size > 1;
  }

  /** Carries out an entry. Some take more than one turn of the event loop: the next has to wait. */
  apply(entry: LogEntry): Promise<void> | undefined {
    const { n, replica, storeMs } = entry;
    const messages = entry.messages();
    this.#entry = n;
    this.#speaker = replica;
    this.#parts.clock.stopAt(storeMs - this.#parts.began);
    if (messages === undefined) {
      this.#gone(replica);
      this.#parts.clock.run();
      return undefined;
    }
    return this.#carryOut(this.#desk(replica), messages, 0);
  }

  /** Resolves when the others have told what they knew as they read the newest entry. */
  told(): Promise<void> {
    const others = [...this.#ids].filter(([, id]) => id !== this.#parts.id).map(([desk]) => desk);
    return new Promise((resolve) => this.#waits.whenTold(others, resolve));
  }

  #carryOut(desk: DecisionService, messages: readonly ReplicaMessage[], from: number): Promise<void> | undefined {
    for (let at = from; at < messages.length; at++) {
      const message = messages[at];
      if (message?.kind === 'admin order') return this.#order(desk, message).then(() => this.#carryOut(desk, messages, at + 1));
      if (message !== undefined) this.#hear(desk, message);
    }
    this.#parts.clock.run();
    return undefined;
  }

  async #order(desk: DecisionService, order: AdminOrder): Promise<void> {
    const { carryOut, onOrdered, say } = this.#parts;
    const answer = await carryOut(order);
    const { status } = answer;
    this.#ordered.set(this.#nameOf(desk, order.ref), status);
    if (!this.#isOwn(desk)) return;
    say({ kind: 'ordered', ref: order.ref, status });
    onOrdered(order.ref, answer);
  }

  /** Where files are other ones, an order may come to something else. */
  #compare(desk: DecisionService, { ref, status }: Extract<ReplicaMessage, { kind: 'ordered' }>): void {
    const name = this.#nameOf(desk, ref);
    const own = this.#ordered.get(name);
    this.#ordered.delete(name);
    if (own !== undefined && own !== status)
      throw new Error(`an order to the admin API came to ${status} in the replica that it came to, and to ${own} in this one`);
  }

  #nameOf(desk: DecisionService, ref: number): string {
    return `${this.#ids.get(desk)} ${ref}`;
  }

  #hear(desk: DecisionService, message: Exclude<ReplicaMessage, AdminOrder>): void {
    switch (message.kind) {
      case 'begin':
        this.#brought = scenarioHash(message);
        break;
      case 'reload':
        this.#reload(message);
        break;
      case 'went down':
        this.#wentDown(message.rule);
        break;
      case 'is back':
        this.#isBack();
        break;
      case 'unanswered':
        this.#parts.engine.downtimes.noteSilence(message);
        break;
      case 'ordered':
        this.#compare(desk, message);
        break;
      case 'ask all':
      case 'pong':
      case 'go on':
      case 'loop delay':
        this.#hearOfReplica(desk, message);
        break;
      default:
        if (isDecision(message)) desk.handle(message);
    }
  }

  #hearOfReplica(desk: DecisionService, message: OfReplica): void {
    const { loopDelay, onAsked, say } = this.#parts;
    switch (message.kind) {
      case 'ask all':
        if (this.#isOwn(desk)) onAsked(message.ref);
        else say({ kind: 'pong', ping: this.#entry });
        break;
      case 'pong':
        this.#waits.told(desk, message.ping);
        break;
      case 'go on':
        this.#waits.timeIsUp(desk, message.ref);
        break;
      case 'loop delay':
        if (!this.#isOwn(desk)) loopDelay.add(message.row);
    }
  }

  #reload({ source, seed }: Extract<ReplicaMessage, { kind: 'reload' }>): void {
    const brought = scenarioHash({ source, seed });
    // Each replica sees that the file has changed.
    if (brought === this.#brought) return;
    this.#brought = brought;
    this.#parts.engine.replaceScenario(loadScenario(source, libraries, seed));
  }

  #wentDown(id: string): void {
    const { engine } = this.#parts;
    const rule = engine.defaultSession.rules.find((known) => known.id === id);
    if (this.#isDown || rule === undefined) return;
    this.#isDown = true;
    engine.serverWentDown(rule);
  }

  #isBack(): void {
    if (this.#isDown) this.#parts.engine.serverCameBack();
    this.#isDown = false;
  }

  #isOwn(desk: DecisionService): boolean {
    return this.#ids.get(desk) === this.#parts.id;
  }

  #desk(id: string): DecisionService {
    const known = this.#desks.get(id);
    if (known !== undefined) return known;
    const { engine, tell, onFailure } = this.#parts;
    const desk: DecisionService = new DecisionService({
      engine,
      plans: this.#plans,
      connections: this.#connections,
      desks: this.#ids,
      waits: this.#waits.of(() => desk),
      tell: id === this.#parts.id ? tell : () => undefined,
      onFailure,
    });
    this.#desks.set(id, desk);
    this.#ids.set(desk, id);
    return desk;
  }

  /** What the replica was at is over. */
  #gone(id: string): void {
    const desk = this.#desks.get(id);
    if (desk === undefined) return;
    this.#desks.delete(id);
    this.#ids.delete(desk);
    desk.workerExited();
    this.#waits.forget(desk);
  }
}
