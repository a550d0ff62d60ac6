import { faultsByName } from '../core/faults/registry.ts';
import { type PlannedRule, stepOf } from '../core/plan/compile.ts';
import type { Rule } from '../core/scenario/schema.ts';
import { DEFAULT_SESSION } from './default-session.ts';
import { refuseServerRules } from './refuse-server-rules.ts';
import type { Session } from './session.ts';

/**
 * Puts rules before all others of a session; returns them as they are known from then on. Loads all faults. Throws a ScenarioError
 * for a rule that takes the server down, where the session is one beside the server's own.
 */
export function addRules(session: Session, rules: readonly Rule[]): readonly PlannedRule[] {
  if (session.id !== DEFAULT_SESSION) {
    const steps = rules.map(({ fault = [] }) => stepOf(fault, faultsByName));
    refuseServerRules(steps, { file: 'rules', path: [] });
  }
  return session.use(rules, faultsByName);
}
