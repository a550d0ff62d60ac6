/** How an attempt ended. */
export interface Outcome {
  /** Milliseconds of the monotonic clock: just before the first byte of the answer, or when the connection ended without one. */
  readonly at: number;
  /** Absent when no complete answer was sent. */
  readonly status: number | undefined;
  readonly complete: boolean;
  /** The wait that the answer asked for. */
  readonly hintMs: number | undefined;
  /** The value of `x-should-retry`. */
  readonly shouldRetry: string | undefined;
  readonly connection: number;
  /** The client closed the connection before the answer was complete. */
  readonly clientLeft: boolean;
}

const RETRYABLE = new Set([408, 409, 425, 429]);

/** Whether a client may reasonably try again: transport failures, 408, 409, 425, 429, 5xx, and whatever says so itself. */
export function isRetryable({ status, complete, shouldRetry }: Pick<Outcome, 'status' | 'complete' | 'shouldRetry'>): boolean {
  if (status === undefined || !complete) return true;
  if (shouldRetry === 'true') return true;
  return RETRYABLE.has(status) || status >= 500;
}
