import type { Plan } from '../core/plan/compile.ts';

/** The plan without the rule of that id, which it remembers. */
export function withRulePaused(plan: Plan, id: string): Plan {
  const place = plan.rules.findIndex((rule) => rule.id === id);
  const rule = plan.rules[place];
  if (rule === undefined) return plan;
  const behind = plan.rules.slice(0, place).map((other) => other.id);
  return { ...plan, rules: plan.rules.toSpliced(place, 1), paused: [...(plan.paused ?? []), { rule, behind }] };
}

/** The plan with the paused rule of that id in its place again: behind the last of the rules that it stood behind. */
export function withRuleResumed(plan: Plan, id: string): Plan {
  const found = plan.paused?.find(({ rule }) => rule.id === id);
  if (found === undefined) return plan;
  const place = plan.rules.findLastIndex((rule) => found.behind.includes(rule.id)) + 1;
  return {
    ...plan,
    rules: plan.rules.toSpliced(place, 0, found.rule),
    paused: plan.paused?.filter((each) => each !== found) ?? [],
  };
}

/** The plan without the rule of that id, paused or not. */
export function withoutRule(plan: Plan, id: string): Plan {
  return {
    ...plan,
    rules: plan.rules.filter((rule) => rule.id !== id),
    paused: plan.paused?.filter(({ rule }) => rule.id !== id) ?? [],
  };
}
