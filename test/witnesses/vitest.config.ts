import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/* Real programs of others, installed from a registry for the test: `npm run witnesses`. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: { include: ['test/witnesses/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 60_000, maxWorkers: 1 },
});
