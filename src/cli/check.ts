import { plural } from '../core/plural.ts';
import { ScenarioError } from '../core/problem.ts';
import { fileSource, loadScenario, scenarioPath } from '../engine/load-scenario.ts';
import { libraries } from '../libraries.ts';
import { exitCode } from './exit-code.ts';

/** Validates each file; all problems of all files are reported. */
export function check(files: readonly string[]): number {
  let bad = false;
  for (const file of files) {
    try {
      const { plan } = loadScenario(fileSource(scenarioPath(file), file), libraries);
      process.stdout.write(`${file}: ok, ${plural(plan.rules.length, 'rule')}\n`);
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      process.stderr.write(`${error.message}\n`);
      bad = true;
    }
  }
  return bad ? exitCode.usage : exitCode.pass;
}
