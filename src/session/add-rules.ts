import { faultsByName } from '../core/faults/registry.ts';
import type { PlannedRule } from '../core/plan/compile.ts';
import type { Rule } from '../core/scenario/schema.ts';
import type { Session } from './session.ts';

/** Puts rules before all others of a session; returns them as they are known from then on. Loads all faults. */
export function addRules(session: Session, rules: readonly Rule[]): readonly PlannedRule[] {
  return session.use(rules, faultsByName);
}
