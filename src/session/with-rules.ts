import { compileRules, type Plan, type PlanParts } from '../core/plan/compile.ts';
import type { Rule } from '../core/scenario/schema.ts';

/** The plan with more rules before all others. `nth`: how often rules were added, these included. */
export function withRules(plan: Plan, nth: number, rules: readonly Rule[], parts: PlanParts): Plan {
  const compiled = compileRules(rules, `added[${nth}]`, { ...parts, seed: plan.seed, provider: plan.provider });
  const ids = new Set(compiled.map(({ id }) => id));
  const taken = new Set(plan.rules.flatMap(({ id }) => (ids.has(id) ? [id] : [])));
  const planned = compiled.map((rule) => (taken.has(rule.id) ? { ...rule, id: `${rule.id} (added ${nth})` } : rule));
  return { ...plan, rules: planned.concat(plan.rules) };
}
