import type { Plan, PlanParts } from '../core/plan/compile.ts';
import { changedLimits } from '../core/plan/limits.ts';
import type { LimitChange } from '../core/scenario/limit-schema.ts';
import type { Rule } from '../core/scenario/schema.ts';
import { withoutRule, withRulePaused, withRuleResumed } from './paused-rule.ts';
import { withRules } from './with-rules.ts';

/** What was changed about the plan of a session since its scenario began. Plain data. */
export type Amendment =
  | { readonly kind: 'rules'; readonly rules: readonly Rule[] }
  /** From that moment on the clock of the session. */
  | { readonly kind: 'limits'; readonly change: LimitChange; readonly atMs: number }
  | { readonly kind: 'rule removed'; readonly id: string }
  | { readonly kind: 'rule paused'; readonly id: string }
  | { readonly kind: 'rule resumed'; readonly id: string };

/** The plan with one change more; `nth` counts the changes, this one included. */
export function amended(plan: Plan, amendment: Amendment, nth: number, parts: PlanParts): Plan {
  switch (amendment.kind) {
    case 'rules':
      return withRules(plan, nth, amendment.rules, parts);
    case 'limits':
      return { ...plan, limits: changedLimits(plan.limits, amendment.change, amendment.atMs) };
    case 'rule removed':
      return withoutRule(plan, amendment.id);
    case 'rule paused':
      return withRulePaused(plan, amendment.id);
    case 'rule resumed':
      return withRuleResumed(plan, amendment.id);
  }
}
