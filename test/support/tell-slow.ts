import type { Reporter, TestModule } from 'vitest/node';

/** What one file may take, in milliseconds of a quiet machine. CONTRIBUTING.md says what to do about a file that takes more. */
const BUDGET_MS = 10_000;

/** Names the files that take longer than a file may, the longest first: the default reporter does not tell them from others. */
export class TellSlow implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = modules.map((module) => ({ file: module.relativeModuleId, ms: durationMs(module) }));
    for (const { file, ms } of files.filter((each) => each.ms > BUDGET_MS).sort((a, b) => b.ms - a.ms))
      process.stdout.write(`over ${BUDGET_MS / 1_000} s: ${file} took ${(ms / 1_000).toFixed(1)} s\n`);
  }
}

function durationMs(module: TestModule): number {
  const { collectDuration, setupDuration, duration } = module.diagnostic();
  return collectDuration + setupDuration + duration;
}
