import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { TellRetried } from './support/tell-retried.ts';

/** Tests of what keeps nothing outside of the objects it makes: they share modules that have been loaded once. */
const PURE = ['test/core/**/*.test.ts', 'test/engine/**/*.test.ts', 'test/report/**/*.test.ts'];

/** Clients that are watched take longest: whoever begins with them does not wait for them in the end. */
class ClientsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const watches = ({ moduleId }: TestSpecification) => /\/test\/(harness|cli)\//.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(watches), ...sorted.filter((file) => !watches(file))];
  }
}

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    projects: [
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
      {
        extends: true,
        // A machine of CI may stand still for longer than a client waits: such a test is tried once more, and said to be.
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: [...PURE, 'test/witnesses/**'],
          retry: process.env['CI'] === undefined ? 0 : 1,
        },
      },
    ],
    reporters: ['default', new TellRetried()],
    sequence: { sequencer: ClientsFirst },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What is waited for comes, however busy the machine is.
    expect: { poll: { timeout: 20_000 } },
    // The longest tests wait for clients rather than compute.
    maxWorkers: availableParallelism() + 1,
    coverage: { include: ['src/**/*.ts'], reporter: ['text-summary', 'text'] },
  },
});
