import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { TellSlow } from './support/tell-slow.ts';
import { TIMED } from './timed.config.ts';

/** Tests that look at their process as a whole, or replace a module: each has a process of its own. */
const ALONE = ['test/server/timing/*.test.ts', 'test/server/verdict.test.ts'];

/** Tests that start processes wait more than they compute: begun first, they are not waited for in the end. */
class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const waits = ({ moduleId }: TestSpecification) => /\/test\/(cli|cluster|harness)\//.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))];
  }
}

const cores = availableParallelism();

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [...ALONE, ...TIMED, 'test/witnesses/**'],
          isolate: false,
          maxWorkers: cores + 2,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE, maxWorkers: cores + 2 } },
    ],
    reporters: ['default', new TellSlow()],
    sequence: { sequencer: WaitingFirst },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What is waited for comes, however busy the machine is.
    expect: { poll: { timeout: 20_000 } },
    coverage: { include: ['src/**/*.ts'], reporter: ['text-summary', 'text'] },
  },
});
