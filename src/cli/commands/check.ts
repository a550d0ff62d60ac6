import { ScenarioError } from '../../core/problem.ts';
import { plural } from '../../core/text/plural.ts';
import { printableLines } from '../../core/text/printable.ts';
import { libraries } from '../../libraries.ts';
import { givenSource, loadScenario } from '../../scenario-files/load-scenario.ts';
import { exitCode } from '../output/exit-code.ts';
import { problemText, warningTexts } from '../output/problem-text.ts';

/** Validates each file; all problems of all files are reported. What has no effect is warned of, and fails where `strict`. */
export function check(files: readonly string[], { strict = false }: { readonly strict?: boolean }): number {
  let bad = false;
  for (const file of files) {
    try {
      const loaded = loadScenario(givenSource(file), libraries);
      const { plan, providers, warnings } = loaded;
      const rules = [...providers.values()].reduce((sum, own) => sum + own.plan.rules.length, plan.rules.length);
      const services = providers.size === 0 ? '' : `, ${plural(providers.size, 'provider')}`;
      for (const text of warningTexts(loaded)) process.stderr.write(`${printableLines(text)}\n`);
      const warned = warnings.length === 0 ? '' : `, ${plural(warnings.length, 'warning')}`;
      process.stdout.write(`${file}: ok, ${plural(rules, 'rule')}${services}${warned}\n`);
      bad ||= strict && warnings.length > 0;
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      process.stderr.write(`${printableLines(problemText(error))}\n`);
      bad = true;
    }
  }
  return bad ? exitCode.usage : exitCode.pass;
}
