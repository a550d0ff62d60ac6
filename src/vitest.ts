import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { matchers } from './matchers/matchers.ts';
import type { MockMatchers } from './matchers/mock-matchers.ts';
import { createMockOpenAI, type MockOpenAI, type MockOptions } from './mock.ts';

export type { MockMatchers } from './matchers/mock-matchers.ts';

declare global {
  // vitest takes the assertions of Chai into its own, in each of its versions; its Matchers have other parameters in each.
  namespace Chai {
    interface Assertion extends MockMatchers {}
  }
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
