import type { Amounts } from '../../core/limits/buckets.ts';
import type { StoreChange } from '../../core/openai/store/session-store.ts';
import type { Step } from '../../core/plan/compile.ts';
import type { Decision, DecisionStep } from '../../exchange/decision-step.ts';
import type { Draws } from '../../exchange/draws.ts';
import type { Incoming } from '../../exchange/incoming.ts';
import type { Performed } from '../../exchange/performed.ts';
import type { HeadNotes } from '../../exchange/record.ts';
import type { MaybePromise } from '../maybe-promise.ts';

/** Milliseconds in which the end of a connection is read that was closed before another was opened. */
export const LEAVING_MS = 5;

/**
 * Port: everything that the requests of a session share. Each call is one atomic step. What goes in and out is plain data;
 * results are values where the state is in this process, promises elsewhere. Promises reject with a SessionsFullError when
 * there is no room for the session, or with an Error when the other process failed.
 */
export interface SessionState {
  /**
   * Decides what happens to a request: finds its call, draws from its buckets, asks the rules, opens its record. `'stale'`
   * when the step was made by a plan that is not in force any more; then nothing has happened.
   */
  decide(step: DecisionStep): MaybePromise<Decided | 'stale'>;
  /** Decides about a connection, or a request whose head alone is read. Undefined when it goes on. */
  decideEarly(request: UnreadRequest): MaybePromise<Decided | undefined>;
  /** Notes a request that its client left before its body was complete. */
  abandoned(request: Omit<UnreadRequest, 'forced'>, performed: Performed): void;
  /** Counts a request whose body is still on its way, until `release` is called for it. */
  begin(): void;
  /** To be called once for each `begin`. */
  release(): void;
  /**
   * Whether an equal request waits for the first byte of its reply, and the end of its connection should be read before the
   * next one is decided. False where the state itself sees to that.
   */
  isWaiting(fingerprint: string): boolean;
}

/** A connection, or a request whose body is not read. */
export interface UnreadRequest {
  readonly incoming: Incoming;
  /** What OpenAI would see; empty for a connection. */
  readonly path: string;
  /** The faults that `x-mock-fault` asks for. */
  readonly forced: Step | undefined;
}

/** A decision, and the exchange that begins with it. */
export interface Decided extends Decision {
  readonly exchange: OpenExchange;
  /** Draws by the correlation, where they were made already. */
  readonly draws?: Draws | undefined;
}

/** An exchange that is under way, as the state follows it. After `ended`, nothing more is said of it. */
export interface OpenExchange {
  /** Takes a place in the queue of the service. To be called when the faults before the queue are over. */
  reserve(): MaybePromise<QueuePlace>;
  /** Changes what the session keeps. Known to every request that comes after the client can know of the change. */
  keep(change: StoreChange): void;
  /** The reply waits before any byte of it goes out. To be called at most once, before `started`. */
  waiting(): void;
  /** The head of the reply is about to be handed to the socket. */
  started(notes: HeadNotes): void;
  ended(end: ExchangeEnd): void;
}

export interface QueuePlace {
  /** Milliseconds until the service begins with the request; undefined when the queue is full and the request is refused. */
  readonly waitMs: number | undefined;
}

export interface ExchangeEnd {
  readonly performed: Performed;
  /** Milliseconds of the engine's clock. */
  readonly endedAt: number;
  /** What goes back into the buckets. */
  readonly unused: Amounts | undefined;
  /** Tokens that were billed. */
  readonly billed: number;
  /** Ids of the calls in the answer that are broken, with spaces between them. */
  readonly brokenCalls?: string | undefined;
  /** The answer as the journal keeps it, in JSON. */
  readonly recorded?: string | undefined;
}
