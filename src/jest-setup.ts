/*
 * For `setupFilesAfterEnv` of Jest: under `mock-openai run`, the requests of a test are the attempts of one call, which the base
 * URL names. It is CommonJS, for Jest runs it in the world of the tests.
 */
import { nameCall } from './call-of-test.ts';

/** What Jest has in that world. */
interface JestGlobals {
  beforeEach(hook: () => void): void;
  afterEach(hook: () => void): void;
  readonly expect: { getState(): Parameters<typeof nameCall>[2] };
}
const { beforeEach, afterEach, expect } = globalThis as unknown as JestGlobals;

let restore = () => {};
beforeEach(() => {
  restore = nameCall(process.env, process.cwd(), expect.getState());
});
afterEach(() => restore());
