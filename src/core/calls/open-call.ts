/** A call as it is remembered. Times in milliseconds. */
export interface OpenCall {
  readonly id: string;
  /** Its like, by what they say. */
  readonly kin: Kin;
  attempts: number;
  /** Requests of the call that are being answered. */
  pending: number;
  /** An attempt that may have been its own was given to another call, or the other way round. */
  doubtful: boolean;
  /** When its last attempt arrived. */
  arrivedAt: number;
  /** `x-stainless-retry-count` of the last attempt. */
  retryCount: number | undefined;
  /** The last answer, when it was a retryable failure that no retry has followed. */
  failure:
    | {
        readonly at: number;
        readonly knownAt: number;
        readonly connection: number;
        readonly hintMs: number | undefined;
      }
    | undefined;
  /** It is not remembered any more. */
  forgotten: boolean;
  /** Its neighbours in the list of all. */
  older: OpenCall | undefined;
  newer: OpenCall | undefined;
}

/** What is known of requests that say the same. */
export interface Kin {
  readonly fingerprint: string;
  /** Calls that a later request may be recognised as a retry of, oldest first; undefined where there are none. */
  calls: OpenCall[] | undefined;
  /** Requests seen so far that do not count their retries. */
  uncounted: number;
  /** The others, by their count. */
  counted: Map<number, number> | undefined;
  /** Several calls were open at the same time. */
  crowded: boolean;
  /** A request was given to a call by mere likelihood, although it counts its retries. */
  unsure: boolean;
}
