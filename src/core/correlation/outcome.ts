/** How an attempt ended. */
export interface Outcome {
  /** Milliseconds of the monotonic clock: when the client could know of a failure, or the first byte of a success. */
  readonly at: number;
  /** An equal request that follows is taken for its retry. */
  readonly retryable: boolean;
  /** It failed, and a retry is of no use. */
  readonly permanent?: boolean | undefined;
  /** What it asked, where it failed. */
  readonly question?: string | undefined;
  /** The client got the whole of an answer that is no error. */
  readonly delivered: boolean;
  /** The wait that the answer asked for. */
  readonly hintMs: number | undefined;
  readonly connection: number;
  /** The client closed the connection before the answer was complete. */
  readonly clientLeft: boolean;
}
