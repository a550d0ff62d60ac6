import type { FromWorker } from '../cluster/messages.ts';
import type { Source } from '../core/scenario/parse.ts';

/** A request to the admin API that changes something. Every replica carries it out. */
export interface AdminOrder {
  readonly kind: 'admin order';
  readonly ref: number;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  /** The seed of a scenario that asks for any. */
  readonly seed: number;
}

/** What a replica writes into the log. */
export type ReplicaMessage =
  | FromWorker
  /** The first of a log: what the mock is started with. No source: all is healthy. */
  | { readonly kind: 'begin'; readonly source: Source | undefined; readonly seed: number | undefined }
  /** The scenario file has changed. */
  | { readonly kind: 'reload'; readonly source: Source; readonly seed: number }
  | AdminOrder
  /** What an order of this replica came to. It comes to the same in all of them. */
  | { readonly kind: 'ordered'; readonly ref: number; readonly status: number }
  /** Asks all replicas to tell what they know: each answers with a `pong`, by the number of this entry. */
  | { readonly kind: 'ask all'; readonly ref: number }
  /** The decision waits no more, whatever it waits for. */
  | { readonly kind: 'go on'; readonly ref: number }
  /** The server goes down, or comes back, by the scenario. */
  | { readonly kind: 'went down'; readonly rule: string }
  | { readonly kind: 'is back' }
  /** So many requests were refused, for the store did not answer. Times on the clock of the journal. */
  | { readonly kind: 'unanswered'; readonly requests: number; readonly from: number; readonly to: number };
