import type { DeclaredCalls } from '../core/correlation/declared-calls.ts';
import type { LoadedScenario } from '../scenario-files/load-scenario.ts';

/** The scenario with what the program says of its calls in the place of what `expect.calls` says; itself where it says nothing. */
export function withDeclaredCalls(loaded: LoadedScenario, calls: DeclaredCalls | undefined): LoadedScenario {
  if (calls === undefined) return loaded;
  const { scenario, plan } = loaded;
  return {
    ...loaded,
    scenario: { ...scenario, expect: { ...scenario.expect, calls } },
    plan: { ...plan, expect: { ...plan.expect, calls } },
  };
}
