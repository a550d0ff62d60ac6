/** What a driver saw of one call. Times in milliseconds of the journal's clock. */
export interface CallRecord {
  readonly call: string;
  /** Which client process made it. */
  readonly process: string;
  /** When it was to start; latency counts from here, so that a late driver cannot hide it. */
  readonly scheduledAt: number;
  /** Null for a call that was dropped because too many were in flight, and for one that was not reported. */
  readonly startedAt: number | null;
  /** Null while the client has not come back. */
  readonly settledAt: number | null;
  /** Null where it is not known: the client did not come back, or its process died. */
  readonly ok: boolean | null;
  readonly error?: string;
  /** Its process was to start it, and never told of it. */
  readonly unreported?: true;
}
