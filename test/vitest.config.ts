import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    // What is waited for comes, however busy the machine is.
    expect: { poll: { timeout: 20_000 } },
    // The longest tests wait for clients rather than compute.
    maxWorkers: availableParallelism() + 1,
    coverage: { include: ['src/**/*.ts'], reporter: ['text-summary', 'text'] },
  },
});
