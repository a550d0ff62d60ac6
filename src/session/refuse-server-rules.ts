import type { Step } from '../core/plan/compile.ts';
import { formatPath, type Problem, ScenarioError } from '../core/problem.ts';
import { OF_THE_SERVER } from '../core/scenario/of-the-server.ts';

/**
 * Refuses rules that take the server down, in a session: it has not the server for itself. `steps`: the first of each rule. Throws a
 * ScenarioError that names each.
 */
export function refuseServerRules(
  steps: readonly (Step | undefined)[],
  { file, path }: Pick<Problem, 'file'> & { readonly path: readonly string[] },
): void {
  const problems = steps.flatMap((step, index): Problem[] => {
    if (step?.strikes !== 'listener') return [];
    return [{ file, path: formatPath([...path, index, 'fault']), message: `${step.calls[0]?.name} ${OF_THE_SERVER}` }];
  });
  if (problems.length > 0) throw new ScenarioError(problems);
}
