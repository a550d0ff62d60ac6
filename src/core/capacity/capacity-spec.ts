/** How much a service can do, and what becomes of the rest. */
export interface CapacitySpec {
  /** Requests that it can serve a second. */
  readonly perSecond: number;
  /** Requests that an idle service takes at once. */
  readonly burst: number;
  /** Requests that may wait. */
  readonly queue: number;
  /** Time that serving one takes, after its wait, in milliseconds. */
  readonly serviceMs: number;
  /** How it refuses what finds the queue full: `503` overloaded, `429` slow_down. */
  readonly status: 503 | 429;
  /** The share of a place that a refusal costs: saying no is work too. */
  readonly refusalCost: number;
}
