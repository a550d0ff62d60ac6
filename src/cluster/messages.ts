import type { Correlation } from '../core/correlation/correlation.ts';
import type { FaultCall } from '../core/faults/registry.ts';
import type { FaultApplied } from '../core/journal/entry.ts';
import type { StoreChange } from '../core/openai/store/session-store.ts';
import type { Source } from '../core/scenario/parse.ts';
import type { Decision, DecisionStep } from '../exchange/decision-step.ts';
import type { Incoming, TlsFacts } from '../exchange/incoming.ts';
import type { Performed } from '../exchange/performed.ts';
import type { HeadNotes } from '../exchange/record.ts';
import type { TimedDelay } from '../server/timing/loop-delay.ts';
import type { TlsIdentities } from '../server/tls/tls-identities.ts';
import type { Amendment } from '../session/amendment.ts';
import type { ExchangeEnd, QueuePlace } from '../session/state/session-state.ts';

/*
 * What the processes say to each other. They speak in batches; nothing overtakes what the same process said before. A
 * `ref` is a number that a worker gives to what it waits for.
 */

/** A request as it travels to the primary. Times in milliseconds of the shared clock. */
export interface SentRequest {
  readonly method: string;
  readonly target: string;
  /** Those that recognition or the journal look at. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly headersAt: number;
  readonly bodyEndAt: number | null;
  readonly protocol: Incoming['protocol'];
  readonly streamId: Incoming['streamId'];
  readonly connection: {
    /** The worker's own number. */
    readonly id: number;
    readonly acceptedAt: number;
    readonly requests: number;
    readonly remotePort: number | null;
    readonly tls: TlsFacts | undefined;
    readonly awaitsTls: boolean | undefined;
    readonly open: boolean;
  };
}

/** Asks for the decision on a request. */
export interface DecideMessage
  extends Pick<
    DecisionStep,
    'failsAt' | 'limited' | 'matches' | 'traits' | 'reference' | 'replies' | 'keptBody' | 'letThrough' | 'recorded'
  > {
  readonly kind: 'decide';
  readonly forced: readonly FaultCall[] | undefined;
  /** What was decided before it came; undefined when nothing was. */
  readonly preset: FaultApplied | null | undefined;
  readonly ref: number;
  readonly session: string;
  /** Number of the plan that the worker goes by. */
  readonly plan: number;
  readonly request: SentRequest;
  readonly pathCall: string | undefined;
  readonly path: string;
  readonly fingerprint: string;
  readonly bodySha256: string;
  readonly endpoint: string | undefined;
  /** The id of the dialect. */
  readonly dialect: string;
  /** As the path or the body names it. */
  readonly model: string | undefined;
  /** The body says `stream: true`. */
  readonly stream: boolean;
}

/** Asks whether a connection is refused, or a request whose head alone has come. */
interface DecideEarlyMessage {
  readonly kind: 'decide early';
  readonly ref: number;
  readonly session: string;
  readonly request: SentRequest;
  readonly path: string;
  readonly forced: readonly FaultCall[] | undefined;
}

/** Tells how an exchange goes on, or that it is over. */
export interface ExchangeProgress {
  readonly kind: 'exchange progress';
  readonly ref: number;
  readonly head?: HeadNotes;
  end?: ExchangeEnd;
}

export type FromWorker =
  /** It listens to what it is told from now on. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'listening'; readonly port: number; readonly origin: string }
  | { readonly kind: 'cannot listen'; readonly code: string | undefined; readonly message: string }
  | DecideMessage
  | DecideEarlyMessage
  /** Asks for a place in the queue of the service. */
  | { readonly kind: 'place'; readonly ref: number }
  | ExchangeProgress
  /** Changes what the session keeps. */
  | { readonly kind: 'keep'; readonly ref: number; readonly change: StoreChange }
  /** The answer has to wait before any byte of it goes out. */
  | { readonly kind: 'waits'; readonly ref: number }
  | {
      readonly kind: 'abandoned';
      readonly session: string;
      readonly request: SentRequest;
      readonly path: string;
      readonly performed: Performed;
    }
  /** So many more requests are being read. */
  | { readonly kind: 'reading'; readonly session: string; readonly more: number }
  | { readonly kind: 'connection gone'; readonly connection: number }
  | {
      readonly kind: 'admin';
      readonly ref: number;
      readonly method: string;
      readonly url: string;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Uint8Array;
    }
  /** All that the worker was told before `ping` is done, and all that it had to tell was told. */
  | { readonly kind: 'pong'; readonly ping: number }
  /** It listens no more: the scenario has the server down. */
  | { readonly kind: 'left' }
  /** It listens again, or has found that it is not to. */
  | { readonly kind: 'came back' }
  | { readonly kind: 'loop delay'; readonly row: TimedDelay }
  | { readonly kind: 'failure'; readonly message: string; readonly stack: string | undefined }
  | { readonly kind: 'closed' };

/** What a plan is made from. */
export interface PlanSource {
  readonly source: Source;
  /** The service of the scenario that the plan is for; undefined for the one at /v1. */
  readonly provider: string | undefined;
  readonly seed: number;
  /** What was changed since the scenario began, in order. */
  readonly amendments: readonly Amendment[];
}

/** How the requests of a session are read from now on; of the sessions that nothing is said of when none is named. */
export interface PlanUpdate {
  readonly kind: 'plan';
  readonly session: string | undefined;
  /** Undefined: as in sessions that nothing is said of. */
  readonly plan: { readonly number: number; readonly recipe: PlanSource } | undefined;
}

export type ToWorker =
  | {
      readonly kind: 'listen';
      readonly base: bigint;
      readonly host: string;
      readonly port: number;
      readonly tls: TlsIdentities | undefined;
      /** The admin API is there, too. */
      readonly hasAdmin: boolean;
    }
  /** New connections are shown these certificates. */
  | { readonly kind: 'renew certificates'; readonly tls: TlsIdentities }
  | PlanUpdate
  | {
      readonly kind: 'decided';
      readonly ref: number;
      readonly ruling: Omit<Decision, 'faults'>;
      readonly placed: QueuePlace | undefined;
    }
  /** The question went by a plan that is not in force any more; the one that is was told before. */
  | { readonly kind: 'stale'; readonly ref: number }
  | {
      readonly kind: 'decided early';
      readonly ref: number;
      readonly refusal: { readonly applied: FaultApplied; readonly recognition: Correlation } | undefined;
    }
  | { readonly kind: 'placed'; readonly ref: number; readonly waitMs: number | undefined }
  | {
      readonly kind: 'admin answer';
      readonly ref: number;
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
      readonly body: Uint8Array;
    }
  /** The primary answers it by itself at that port of this machine: the answer is a stream. */
  | { readonly kind: 'admin at'; readonly ref: number; readonly port: number }
  /** There is no room for another session. */
  | { readonly kind: 'sessions full'; readonly ref: number; readonly message: string }
  /** The primary itself failed. */
  | { readonly kind: 'failed'; readonly ref: number; readonly message: string }
  | { readonly kind: 'ping'; readonly ping: number }
  /** Resets what is under way, and listens no more until it is told to come back. */
  | { readonly kind: 'go down' }
  | { readonly kind: 'come back' }
  | { readonly kind: 'close'; readonly graceMs: number };

/** What a request to the admin API came to. */
export type AdminAnswer = Extract<ToWorker, { kind: 'admin answer' }>;
