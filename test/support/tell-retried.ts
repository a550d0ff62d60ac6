import type { Reporter, TestModule } from 'vitest/node';

/** Names the tests that passed when they were tried again: the default reporter is silent on them. */
export class TellRetried implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    for (const module of modules) {
      for (const test of module.children.allTests('passed')) {
        const times = test.diagnostic()?.retryCount ?? 0;
        if (times > 0) process.stdout.write(`tried ${times + 1} times: ${module.relativeModuleId} > ${test.fullName}\n`);
      }
    }
  }
}
