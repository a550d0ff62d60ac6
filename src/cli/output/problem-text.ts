import { formatProblem, type Problem, type ScenarioError } from '../../core/problem.ts';
import { excerptsOf } from '../../core/report/excerpt.ts';
import type { LoadedScenario } from '../../scenario-files/load-scenario.ts';

/** What is wrong with a scenario or a policy, for stderr: a line each, and the place in the text where people read it there. */
export function problemText({ problems, text }: ScenarioError): string {
  return withExcerpts(problems, text, formatProblem).join('\n');
}

/** What has no effect in a scenario, for stderr: `flaky.yaml:9:5 warning: rules[1]: never strikes: …`. */
export function warningTexts({ warnings, source }: Pick<LoadedScenario, 'warnings' | 'source'>): string[] {
  return withExcerpts(warnings, 'text' in source ? source.text : undefined, ({ path, ...problem }) =>
    formatProblem({ ...problem, path: `warning: ${path}` }),
  );
}

function withExcerpts(problems: readonly Problem[], text: string | undefined, format: (problem: Problem) => string): string[] {
  const excerpts = text !== undefined && showsLines() ? excerptsOf(text, problems) : [];
  return problems.map((problem, index) => [format(problem), excerpts[index]].filter((line) => line !== undefined).join('\n'));
}

/** On a terminal and in the log of a CI run: the file is not open beside it. */
function showsLines(): boolean {
  const ci = process.env['CI'] ?? '';
  return process.stderr.isTTY === true || !['', '0', 'false'].includes(ci.toLowerCase());
}
