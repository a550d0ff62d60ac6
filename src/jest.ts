import type { MockMatchers } from './matchers/mock-matchers.ts';

export { type BackoffExpectation, matchers } from './matchers/matchers.ts';
export type { MockMatchers } from './matchers/mock-matchers.ts';
export { createMockOpenAI, type MockOpenAI, type MockOptions, type MockSession, type OpenedSession } from './mock.ts';

/**
 * The package `expect` is Jest's: where Jest is not installed, there is nothing to augment.
 * @ts-ignore */
declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends MockMatchers {}
}

declare global {
  // The globals of @types/jest.
  namespace jest {
    // biome-ignore lint/complexity/noBannedTypes: an augmentation has the type parameters of what it augments.
    interface Matchers<R, T = {}> extends MockMatchers {}
  }
}
