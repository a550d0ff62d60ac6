import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { TellSlow } from './support/tell-slow.ts';

/**
 * Tests of processes on a real clock: clients that are watched, interrupted or blocked, workers that die, and what a program or
 * a request may take of the machine. What else runs would disturb them: `npm run test:timed` has them alone. Long simulations are
 * here, too, so that `npm test` stays below three minutes.
 */
export const TIMED = [
  'test/cli/descriptors.test.ts',
  'test/cli/probe-command.test.ts',
  'test/cli/run-signals.test.ts',
  'test/cli/unread-output.test.ts',
  'test/cluster/control.test.ts',
  'test/cluster/decisions.test.ts',
  'test/cluster/lifecycle.test.ts',
  'test/cluster/time.test.ts',
  'test/core/backoff/declared-calls.test.ts',
  'test/core/backoff/false-alarms.test.ts',
  'test/core/backoff/fleets.test.ts',
  'test/core/load/metastability.test.ts',
  'test/core/scenario/hostile-yaml.test.ts',
  'test/costs/bombs.test.ts',
  'test/costs/journal.test.ts',
  'test/costs/recorded.test.ts',
  'test/costs/requests.test.ts',
  'test/deploy/compose.test.ts',
  'test/docker.test.ts',
  'test/harness/hammer.test.ts',
  'test/harness/interrupted.test.ts',
  'test/harness/load-blocked.test.ts',
  'test/harness/load-interrupted.test.ts',
  'test/harness/load-providers.test.ts',
  'test/harness/load-shards.test.ts',
  'test/harness/load-through.test.ts',
  'test/harness/load.test.ts',
  'test/harness/run-probes.test.ts',
  'test/harness/several-targets.test.ts',
  'test/harness/unusable-client.test.ts',
  'test/libraries.test.ts',
  'test/replicas/balanced.test.ts',
  'test/replicas/death.test.ts',
  'test/replicas/decisions.test.ts',
  'test/replicas/everything.test.ts',
  'test/replicas/failover.test.ts',
  'test/replicas/pause.test.ts',
  'test/replicas/silence.test.ts',
  'test/replicas/time.test.ts',
  'test/report/page.test.ts',
  'test/server/http2/many-random-frames.test.ts',
  'test/server/vanishing-clients.test.ts',
  'test/session/determinism.test.ts',
];

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: TIMED,
    maxWorkers: availableParallelism(),
    // A machine of CI may stand still for longer than a client waits. The report names what was tried again.
    retry: process.env['CI'] === undefined ? 0 : 1,
    reporters: ['default', new TellSlow()],
    testTimeout: 60_000,
    hookTimeout: 30_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
