import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/* What takes minutes of a real clock, a browser, a compiler or the toolchain of others: `npm run witnesses`. One file at a time. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/witnesses/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
    // A registry may fail, and a machine of CI may stand still for longer than a client waits. The report names what was tried again.
    retry: process.env['CI'] === undefined ? 0 : 1,
  },
});
