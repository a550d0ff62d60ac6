import type { Certainty } from './certainty.ts';
import type { DeclaredCalls } from './declared-calls.ts';
import type { OpenCall } from './fingerprint-group.ts';
import type { Target } from './target.ts';

/** How a request was recognised as part of a call, strongest first (design: calls, attempts, sessions). */
export const EVIDENCE = [
  'path',
  'declared',
  'client-request-id',
  'idempotency-key',
  'retry-count',
  'fingerprint',
  'question',
  'first',
] as const;

export type Evidence = (typeof EVIDENCE)[number];

/** The connection that a request came on. */
export interface Connection {
  readonly id: number;
  readonly acceptedAt: number;
  /** 1 for its first request. */
  readonly requests: number;
}

/** What recognition looks at. All times in milliseconds of the monotonic clock. */
export interface CorrelationEvidence {
  /** The `<call>` of `/s/<session>/c/<call>/v1`. */
  readonly pathCall: string | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Hash of key, method, path and body; where calls are declared, of method, path and the canonical body. */
  readonly fingerprint: string;
  /** What the program says of calls such as this one; undefined where it says nothing. */
  readonly declared?: DeclaredCalls | undefined;
  /** Who is asked; undefined for a request that is no question. */
  readonly target?: Target | undefined;
  /** What is asked: equal for equal questions, also to another target. Undefined where nothing is. Few requests are compared by it. */
  question?(): string | undefined;
  /** The scenario tells keys apart: a question that failed with one may go on with another. */
  readonly acrossKeys?: boolean | undefined;
  /** The scenario tells targets apart: a question that is under way at one may be hedged at another. */
  readonly acrossTargets?: boolean | undefined;
  readonly at: number;
  readonly connection: Connection;
}

/** Where a request stands. */
export interface Correlation {
  readonly call: string;
  /** Position within the call; 1 is the first try. */
  readonly attempt: number;
  readonly evidence: Evidence;
  readonly certainty: Certainty;
  /** The same for the same request of the same run, in any interleaving: what draws go by. */
  readonly drawKey: string;
  /** What the request asks, where it was looked at: before the first failure it is not. */
  readonly question?: string | undefined;
  /** The call as the recogniser remembers it. */
  readonly remembered?: OpenCall;
}
