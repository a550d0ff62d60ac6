import type { PolicyInput } from '../core/policy/policy-schema.ts';
import type { VerdictOptions } from '../mock.ts';
import type { BackoffExpectation } from './matchers.ts';

/** What `expect(mock)` understands. Each looks at what was received so far: `await mock.idle()` when requests may be in flight. */
export interface MockMatchers {
  /** That many calls, retries not counted. */
  toHaveReceivedCalls(count: number): void;
  /** That many requests, retries counted. */
  toHaveReceivedAttempts(count: number): void;
  /** No retry came before the wait was over that the answer before it asked for, and at least one retry had such a wait. */
  toHaveHonouredRetryAfter(): void;
  /** The waits that the client chose by itself do not contradict growth by the factor (default 2), whatever its jitter. */
  toHaveBackedOff(expectation?: BackoffExpectation): void;
  /** Every call was tried once. */
  toHaveNotRetried(): void;
  /**
   * A request brought that body, under `record: { bodies: … }`. An object: the JSON has these fields, with `undefined` for those that
   * it must not have; lists have the same length. A text: the body contains it. A pattern, `expect.any(String)` and its kin work
   * inside of objects, too.
   */
  toHaveReceivedBody(expected: object | string | RegExp): void;
  /** A request brought that header field, under `record: { headers: true }`; with that value, where it is given. */
  toHaveReceivedHeader(name: string, value?: string | RegExp | object): void;
  /** Each call that failed at its first provider, key or model went on at another, and at least one did. */
  toHaveFailedOver(): void;
  /** At most that share of the billed tokens (`'5%'`, 0.05) went into answers that were spoilt, cut, lost or left. */
  toHaveWastedAtMost(limit: number | string): void;
  /**
   * No rule of good retrying is broken, under the scenario's `expect:` and the policy, or preset, over it. `{ ended: true }` says that
   * the client is done: it is needed where a call ended in a failure that invites a retry.
   */
  toPassVerdict(policy?: string | PolicyInput, options?: VerdictOptions): void;
}
