import type { DialectName } from '../openai/dialects/dialect-name.ts';
import type { LatencyMs } from '../openai/request/answer-settings.ts';
import type { ReplyContext } from '../openai/request/reply-context.ts';
import type { AnswerFeature } from '../openai/wire/answer-feature.ts';
import type { StreamGrammar } from '../openai/wire/stream-grammar.ts';
import type { Carrier } from '../wire/carrier.ts';
import type { Reply } from '../wire/effect.ts';
import type { Protocol } from '../wire/protocol.ts';
import type { Fault, HeartbeatForm, InjectionPoint, SlowPart } from './fault.ts';
import type { Leaves } from './leaves.ts';
import type { Moment } from './moment.ts';

/** One fault with its parameters, checked and completed, as data. */
export interface NamedFault {
  readonly name: string;
  readonly params: unknown;
}

/** Faults by their names. */
export type FaultsByName = ReadonlyMap<string, Fault>;

/** For a scenario without faults: the registry loads the library of their schemas. */
export const NO_FAULTS: FaultsByName = new Map();

/** A fault with its parameters. It knows what it does. */
export class BoundFault implements NamedFault {
  readonly fault: Fault;
  readonly params: unknown;

  constructor(fault: Fault, params: unknown) {
    this.fault = fault;
    this.params = params;
  }

  get name(): string {
    return this.fault.name;
  }

  /** Where it strikes. */
  get strikesAt(): InjectionPoint {
    return this.fault.injectedAtWith?.(this.params as never) ?? this.fault.injectedAt;
  }

  /** Whether nothing after it in a list takes effect. */
  get isFinal(): boolean {
    return this.fault.terminalWith?.(this.params as never) ?? this.fault.terminal === true;
  }

  /** Whether requests are thrown away that its client sends before it reads of it. */
  get hidesRequests(): boolean {
    return this.fault.hidesRequests?.(this.params as never) === true;
  }

  /** What a client is left with that meets it. */
  get leaves(): Leaves {
    return this.fault.leavesWith?.(this.params as never) ?? this.fault.leaves;
  }

  /** The same, of an answer that is a stream of that grammar; undefined where there is no stream. */
  leavesIn(grammar: StreamGrammar | undefined): Leaves {
    return (grammar && this.fault.leavesIn?.(grammar)) ?? this.leaves;
  }

  /** What the answer has to have for it to strike. */
  get needs(): readonly AnswerFeature[] {
    return this.fault.needsWith?.(this.params as never) ?? this.fault.needs ?? [];
  }

  /** What it does, in words; undefined where its name and its parameters tell. */
  get words(): string | undefined {
    return this.fault.tells?.(this.params as never);
  }

  /** So many functions the answer has to call at least; undefined where it does not matter. */
  get leastCalls(): number | undefined {
    return this.fault.leastCallsWith?.(this.params as never);
  }

  /** What its signs of life are that carry nothing; undefined where it sends none. */
  get beats(): HeartbeatForm | undefined {
    return this.fault.beatsWith?.(this.params as never);
  }

  /** The silence after which the stream goes on, in milliseconds; undefined where it never does, or nobody can say. */
  get pauseMs(): number | undefined {
    return this.fault.pauseWith?.(this.params as never);
  }

  get slows(): SlowPart | undefined {
    return this.fault.slows;
  }

  /** The fault as it is at that moment of its rule: the very same where it does not depend on it. */
  at(moment: Moment): BoundFault {
    const params = this.fault.paramsAt?.(this.params as never, moment) ?? this.params;
    return params === this.params ? this : new BoundFault(this.fault, params);
  }

  /** The waits that it adds, by what the parameters call them. */
  get latencies(): Readonly<Record<string, LatencyMs>> {
    return this.fault.latenciesWith?.(this.params as never) ?? {};
  }

  /** What it says depends on when its rule is over. */
  get needsEnd(): boolean {
    return this.fault.needsEndWith?.(this.params as never) ?? false;
  }

  /** The reply as it becomes. */
  apply(reply: Reply, context: ReplyContext): Reply {
    return this.fault.apply(reply, this.params as never, context);
  }
}

/** Binds the parameters to the fault of that name. Throws a RangeError when there is none. */
export function bindFault(faults: FaultsByName, { name, params }: NamedFault): BoundFault {
  const fault = faults.get(name);
  if (fault === undefined) throw new RangeError(`no fault is named ${name}`);
  return new BoundFault(fault, params);
}

/** Whether any of the faults means something to an answer that travels in that. In a list, those that mean nothing are left out. */
export function isMeantFor(faults: readonly BoundFault[], carrier: Carrier): boolean {
  return faults.length === 0 || faults.some(({ fault }) => meansSomething(fault, carrier));
}

/** A line has no connection that could fail, and is written when its answer is whole. */
function meansSomething({ kind, carriers }: Fault, carrier: Carrier): boolean {
  if (carrier === 'line') return (kind === 'error' || kind === 'answer') && (carriers?.includes('response') ?? true);
  return carriers === undefined || carriers.includes(carrier);
}

/** Whether a service of that name has all of the faults. */
export function isKnownTo(faults: readonly BoundFault[], dialect: DialectName): boolean {
  return faults.every(({ fault }) => fault.dialects === undefined || fault.dialects.includes(dialect));
}

/** Whether all of the faults mean something to a request that has come by that protocol. */
export function canStrike(faults: readonly BoundFault[], protocol: Protocol): boolean {
  return faults.every(({ fault: { protocols, needsTls } }) => (protocols?.includes(protocol) ?? true) && needsTls !== true);
}

/** Whether any of the faults strikes the handshake of a connection by TLS. */
export function needTls(faults: readonly BoundFault[]): boolean {
  return faults.some(({ fault }) => fault.needsTls === true);
}

/**
 * The reply after all faults. They take effect in the order written: the first is what the client meets first, so that
 * it is put around all that follow.
 */
export function applyFaults(reply: Reply, faults: readonly BoundFault[], context: ReplyContext): Reply {
  return faults.reduceRight((current, fault) => fault.apply(current, context), reply);
}
