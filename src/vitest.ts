import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { PolicyInput } from './core/backoff/policy-schema.ts';
import { type BackoffExpectation, matchers } from './matchers/matchers.ts';
import { createMockOpenAI, type MockOpenAI, type MockOptions, type VerdictOptions } from './mock.ts';

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
   * No rule of good retrying is broken, under the scenario's `expect:` and the policy, or preset, over it. `{ ended: true }` says that
   * the client is done: it is needed where a call ended in a failure that invites a retry.
   */
  toPassVerdict(policy?: string | PolicyInput, options?: VerdictOptions): void;
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: an augmentation has the type parameters of what it augments.
  interface Matchers<T = any> extends MockMatchers {}
}

expect.extend(matchers);

/**
 * Starts a mock before all tests of the file or `describe` it stands in, resets it before each, closes it after all.
 * What it returns is the mock, from the first hook on.
 *
 * @example
 * const mock = useMockOpenAI({ scenario: 'rate-limited' });
 * test('waits as it is told', async () => {
 *   await ask(new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey }));
 *   expect(mock).toHaveHonouredRetryAfter();
 * });
 */
export function useMockOpenAI(options: MockOptions = {}): MockOpenAI {
  let mock: MockOpenAI | undefined;
  beforeAll(async () => {
    mock = await createMockOpenAI(options);
  });
  beforeEach(() => mock?.reset());
  afterAll(() => mock?.close());
  return new Proxy({} as MockOpenAI, {
    get(_target, name) {
      if (mock !== undefined) return Reflect.get(mock, name);
      if (typeof name === 'symbol') return undefined;
      throw new Error(`Failed to read mock.${name}: the mock starts in beforeAll. Read it inside of a test or a hook.`);
    },
    has: (_target, name) => mock !== undefined && Reflect.has(mock, name),
  });
}
