import type { PlannedRule } from '../../core/plan/compile.ts';
import { explainRule } from '../../core/plan/explain.ts';
import type { Session } from '../../session/session.ts';

/** A rule of a session as it stands. */
interface RuleInUse {
  readonly id: string;
  readonly summary: string;
  /** How often it struck; absent while it is paused. */
  readonly struck?: number;
  /** How often it can still strike; absent where nothing bounds that, or more than a number does. */
  readonly left?: number;
  readonly paused?: true;
}

/** The rules in the order in which they are asked, and behind them those that are paused. */
export function rulesInUse(session: Session): RuleInUse[] {
  const { plan } = session;
  const struck = new Map(session.scenarioUse().rules.map(({ id, served }) => [id, served]));
  const asked = plan.rules.map((rule) => {
    const times = struck.get(rule.id) ?? 0;
    const most = mostStrikes(rule);
    const left = most === undefined ? {} : { left: Math.max(0, most - times) };
    return { id: rule.id, summary: explainRule(rule, plan.clock), struck: times, ...left };
  });
  const paused = (plan.paused ?? []).map(({ rule }) => ({
    id: rule.id,
    summary: explainRule(rule, plan.clock),
    paused: true as const,
  }));
  return [...asked, ...paused];
}

/** How often a rule strikes in all, where one number says it. */
function mostStrikes({ rule }: PlannedRule): number | undefined {
  const { times, per = 'session' } = rule;
  return per === 'session' ? times : undefined;
}
