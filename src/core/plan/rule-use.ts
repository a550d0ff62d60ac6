import type { RuleUse } from '../backoff/verdict/verdict.ts';
import type { PlannedRule, Step } from './compile.ts';

/** Whether the faults change nothing for a client. */
const isHarmless = ({ faults }: Step): boolean => faults.every(({ leaves }) => leaves === 'unchanged');

/** Whether the rule can do something to an answer. */
function isHarmful({ action }: PlannedRule): boolean {
  return action.kind === 'fault' ? !isHarmless(action.step) : !action.steps.every(isHarmless);
}

/** How often each rule of the plan struck. */
export function ruleUseOf(rules: readonly PlannedRule[], served: ReadonlyMap<string, number>): RuleUse[] {
  return rules.map((rule) => {
    const fromMs = rule.activity?.beginning;
    const use = { id: rule.id, harmful: isHarmful(rule), served: served.get(rule.id) ?? 0 };
    return fromMs === undefined ? use : { ...use, fromMs };
  });
}
