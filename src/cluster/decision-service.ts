import { faultsByName } from '../core/faults/registry.ts';
import { isLost } from '../core/openai/store/lost-error.ts';
import { stepOf } from '../core/plan/compile.ts';
import { messageOf } from '../core/text/message-of.ts';
import { isUnmatched } from '../exchange/decision-step.ts';
import { NOTHING_PERFORMED, type Performed } from '../exchange/performed.ts';
import { declaredFor, targetOf } from '../exchange/prepare.ts';
import { questionIn } from '../exchange/question-in.ts';
import type { Engine } from '../session/engine.ts';
import { here } from '../session/maybe-promise.ts';
import type { Session } from '../session/session.ts';
import { SessionsFullError } from '../session/sessions-full-error.ts';
import type { Decided, OpenExchange, QueuePlace } from '../session/state/session-state.ts';
import { chosenBy } from './chosen-by.ts';
import type { ConnectionNumbers } from './connection-numbers.ts';
import type { DecideMessage, ExchangeProgress, FromWorker, SentRequest, ToWorker } from './messages.ts';
import type { PlanRegistry } from './plan-registry.ts';
import { incomingOf, readRequestOf } from './sent-request.ts';

type Message<Kind extends FromWorker['kind']> = Extract<FromWorker, { kind: Kind }>;

/** What concerns requests; the rest concerns the worker. */
export type DecisionMessage = Message<
  'decide' | 'decide early' | 'place' | 'keep' | 'waits' | 'exchange progress' | 'abandoned' | 'reading' | 'connection gone'
>;

export interface DecisionServiceParts {
  readonly engine: Engine;
  readonly plans: PlanRegistry;
  readonly connections: ConnectionNumbers;
  /** Those of all workers. */
  readonly desks: { keys(): Iterable<DecisionService> };
  /** What a decision waits for before it is made. */
  readonly waits: DecisionWaits;
  tell(message: ToWorker): void;
  /** Told of what must never happen: a fault of the mock itself. */
  onFailure(error: unknown): void;
}

/** How decisions wait for what is on its way. `ask` is the request that is decided. */
export interface DecisionWaits {
  /** Whether all others have to tell what they know before the request is decided, also where none of them answers an equal one. */
  needsAll(ask: DecideMessage, session: Session | undefined): boolean;
  /** Goes on when all is known that those workers had to tell. */
  afterTold(ask: DecideMessage, others: readonly DecisionService[], goOn: () => void): void;
  /** Goes on in LEAVING_MS, so that the end of a connection is read before. */
  afterPause(ask: DecideMessage, goOn: () => void): void;
}

/** How exchanges end whose worker is gone. */
const CUT: Performed = { ...NOTHING_PERFORMED, closedBy: 'server', closedHow: 'reset' };

/** An exchange that the worker carries out. */
interface Followed {
  readonly exchange: OpenExchange;
  /** Undefined for what was not read. */
  readonly fingerprint: string | undefined;
}

/** The place in the primary where one worker asks for decisions. */
export class DecisionService {
  readonly #parts: DecisionServiceParts;
  readonly #exchanges = new Map<number, Followed>();
  /** Numbers of the worker's connections, as the journal knows them. */
  readonly #connections = new Map<number, number>();
  /** Requests that the worker reads, by the name of their session; the session is missing where there was no room for it. */
  readonly #reading = new Map<string, { readonly session: Session | undefined; count: number }>();
  /** Requests that the worker answers, by fingerprint. */
  readonly #answering = new Map<string, number>();
  #gone = false;

  constructor(parts: DecisionServiceParts) {
    this.#parts = parts;
  }

  handle(message: DecisionMessage): void {
    switch (message.kind) {
      case 'decide':
        this.#receive(message);
        break;
      case 'decide early':
        this.#attempt(message.ref, () => this.#refuse(message));
        break;
      case 'place':
        this.#attempt(message.ref, () => this.#place(message.ref));
        break;
      case 'keep':
        this.#attempt(message.ref, () => this.#exchanges.get(message.ref)?.exchange.keep(message.change));
        break;
      case 'waits':
        this.#exchanges.get(message.ref)?.exchange.waiting();
        break;
      case 'exchange progress':
        this.#attempt(message.ref, () => this.#went(message));
        break;
      case 'abandoned':
        this.#abandoned(message);
        break;
      case 'reading':
        this.#read(message);
        break;
      case 'connection gone':
        this.#connectionGone(message.connection);
    }
  }

  /** The worker is dead: what it was at is over. */
  workerExited(): void {
    this.#gone = true;
    const now = this.#parts.engine.clock.now();
    for (const ref of [...this.#exchanges.keys()])
      this.#over(ref)?.ended({ performed: CUT, endedAt: now, unused: undefined, billed: 0 });
    for (const [session, { count }] of this.#reading) this.#read({ kind: 'reading', session, more: -count });
    for (const connection of [...this.#connections.keys()]) this.#connectionGone(connection);
  }

  /** Whether it follows an exchange that is not over. */
  get isBusy(): boolean {
    return this.#exchanges.size > 0;
  }

  /** A client may know what an equal request came to. It must be known here before. */
  #receive(ask: DecideMessage): void {
    const { engine, waits } = this.#parts;
    if (waits.needsAll(ask, engine.findSession(ask.session)))
      this.#after(
        ask,
        () => true,
        () => this.#receiveEqual(ask),
      );
    else this.#receiveEqual(ask);
  }

  /** Goes on when the others that are meant have told what they know. */
  #after(ask: DecideMessage, isMeant: (desk: DecisionService) => boolean, goOn: () => void): void {
    const others = [...this.#parts.desks.keys()].filter((desk) => desk !== this && isMeant(desk));
    if (others.length === 0) goOn();
    else this.#parts.waits.afterTold(ask, others, goOn);
  }

  #receiveEqual(ask: DecideMessage): void {
    this.#afterEqual(ask, () => {
      // A client that gave up may come back before its leaving was read: let that be read first.
      if (!this.#parts.engine.findSession(ask.session)?.state.isWaiting(ask.fingerprint)) this.#rule(ask);
      else this.#parts.waits.afterPause(ask, () => this.#afterEqual(ask, () => this.#rule(ask)));
    });
  }

  /** Goes on when the other workers that answer an equal request have told how far they are. */
  #afterEqual(ask: DecideMessage, goOn: () => void): void {
    this.#after(ask, (desk) => desk.#answering.has(ask.fingerprint), goOn);
  }

  #rule(ask: DecideMessage): void {
    if (!this.#gone) this.#attempt(ask.ref, () => this.#decide(ask));
  }

  /** Does what a worker waits for. If it cannot be done, the worker is told, too. */
  #attempt(ref: number, act: () => void): void {
    try {
      act();
    } catch (error) {
      if (error instanceof SessionsFullError) {
        this.#parts.tell({ kind: 'sessions full', ref, message: error.message });
        return;
      }
      this.#parts.onFailure(error);
      this.#parts.tell({ kind: 'failed', ref, message: messageOf(error) });
    }
  }

  #decide(ask: DecideMessage): void {
    const { engine, plans, tell } = this.#parts;
    const { ref, pathCall, fingerprint } = ask;
    const session = engine.session(ask.session);
    const incoming = this.#incoming(ask.request);
    const { headers, headersAt: at, connection } = incoming;
    const { failsAt, limited, matches, traits, reference, replies, keptBody } = ask;
    const forced = ask.forced && stepOf(ask.forced, faultsByName);
    const preset = ask.preset === undefined ? undefined : chosenBy(ask.preset);
    const declared = declaredFor(incoming, session.plan);
    const { acrossKeys, acrossTargets } = session.plan;
    const read = readRequestOf(ask, incoming);
    const target = targetOf(read.request, session.plan.provider);
    const question = () => questionIn(incoming.body, read.request.endpoint);
    const evidence = { pathCall, headers, fingerprint, declared, target, question, acrossKeys, acrossTargets, at, connection };
    const step = {
      planVersion: ask.plan,
      evidence,
      failsAt,
      limited,
      forced,
      preset,
      matches,
      traits,
      reference,
      replies,
      keptBody,
      ...read,
    };
    const decided = here(session.state.decide(step));
    if (decided === 'stale') {
      tell(plans.updateFor(session.id, session));
      tell({ kind: 'stale', ref });
      return;
    }
    const { correlation, elapsedMs, limit, applied, choice, found, exchange } = decided;
    this.#exchanges.set(ref, { exchange, fingerprint });
    this.#answering.set(fingerprint, (this.#answering.get(fingerprint) ?? 0) + 1);
    const placed = isServedAtOnce(ask, decided, session) ? here(exchange.reserve()) : undefined;
    tell({ kind: 'decided', ref, ruling: { correlation, elapsedMs, limit, applied, choice, found }, placed });
  }

  #refuse({ ref, session, request, path, forced }: Message<'decide early'>): void {
    const { engine, tell } = this.#parts;
    const step = forced && stepOf(forced, faultsByName);
    const decided = here(engine.session(session).state.decideEarly({ incoming: this.#incoming(request), path, forced: step }));
    if (decided === undefined || decided.applied === null) {
      tell({ kind: 'decided early', ref, refusal: undefined });
      return;
    }
    const { applied, correlation: recognition, exchange } = decided;
    this.#exchanges.set(ref, { exchange, fingerprint: undefined });
    tell({ kind: 'decided early', ref, refusal: { applied, recognition } });
  }

  #place(ref: number): void {
    const exchange = this.#exchanges.get(ref)?.exchange;
    this.#parts.tell({ kind: 'placed', ref, waitMs: exchange && here<QueuePlace>(exchange.reserve()).waitMs });
  }

  #went({ ref, head, end }: ExchangeProgress): void {
    if (head !== undefined) this.#exchanges.get(ref)?.exchange.started(head);
    if (end !== undefined) this.#over(ref)?.ended(end);
  }

  #over(ref: number): OpenExchange | undefined {
    const followed = this.#exchanges.get(ref);
    this.#exchanges.delete(ref);
    const fingerprint = followed?.fingerprint;
    if (fingerprint !== undefined) {
      const others = (this.#answering.get(fingerprint) ?? 0) - 1;
      if (others > 0) this.#answering.set(fingerprint, others);
      else this.#answering.delete(fingerprint);
    }
    return followed?.exchange;
  }

  #abandoned({ session, request, path, performed }: Message<'abandoned'>): void {
    this.#sessionIfRoom(session)?.state.abandoned({ incoming: this.#incoming(request), path }, performed);
  }

  #read({ session: id, more }: Message<'reading'>): void {
    const reading = this.#reading.get(id) ?? { session: this.#sessionIfRoom(id), count: 0 };
    reading.count += more;
    if (reading.count === 0) this.#reading.delete(id);
    else this.#reading.set(id, reading);
    for (let count = 0; count < more; count++) reading.session?.state.begin();
    for (let count = 0; count > more; count--) reading.session?.state.release();
  }

  #sessionIfRoom(id: string): Session | undefined {
    try {
      return this.#parts.engine.session(id);
    } catch (error) {
      if (error instanceof SessionsFullError) return undefined;
      throw error;
    }
  }

  #connectionGone(connection: number): void {
    const number = this.#connections.get(connection);
    this.#connections.delete(connection);
    if (number !== undefined) this.#parts.engine.connectionClosed(number);
  }

  #incoming(request: SentRequest) {
    return incomingOf(request, this.#numberOf(request.connection));
  }

  #numberOf({ id, open }: SentRequest['connection']): number {
    const known = this.#connections.get(id);
    if (known !== undefined) return known;
    const { connections, engine } = this.#parts;
    const number = connections.next();
    if (open) this.#connections.set(id, number);
    else engine.connectionClosed(number);
    return number;
  }
}

/** The service answers at once, as far as it has capacity. Its place is taken with the decision, which saves the worker a question. */
function isServedAtOnce(
  { failsAt, preset, traits, replies }: DecideMessage,
  { limit, applied, choice, found }: Decided,
  { plan }: Session,
): boolean {
  if ((found !== undefined && isLost(found)) || isUnmatched({ replies }, choice)) return false;
  if (traits.carrier === 'line') return false;
  if (plan.capacity === undefined || preset !== undefined || applied !== null) return false;
  return failsAt === undefined && limit?.refusal === undefined;
}
