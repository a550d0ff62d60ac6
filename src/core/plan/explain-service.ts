import type { Scenario } from '../scenario/schema.ts';
import type { Plan } from './compile.ts';
import { dependsOnArrivalOrder, explainRule } from './explain.ts';
import { explainCapacity } from './explain-capacity.ts';
import { explainLimit } from './explain-limits.ts';
import { explainReplies } from './explain-replies.ts';
import { explainSettings } from './explain-settings.ts';
import { changesWithTime, timeCoursesOf } from './time-courses.ts';

/** What one service does, in words. */
export interface ServiceInWords {
  /** What departs from the usual, a sentence each. */
  readonly settings: readonly string[];
  /** What healthy answers say, the first that matches. */
  readonly replies: readonly string[];
  /** Entries of `limits`, the first that fits. */
  readonly limits: readonly string[];
  readonly capacity: string | undefined;
  readonly rules: readonly RuleInWords[];
  /** What there is to know of the rules as a whole. */
  readonly remarks: readonly string[];
}

interface RuleInWords {
  readonly id: string;
  readonly name: string | undefined;
  readonly summary: string;
  readonly dependsOnArrival: boolean;
}

/** A scenario in words, and the plan of it. */
export function explainService(scenario: Scenario, plan: Plan): ServiceInWords {
  const { rules, clock, capacity } = plan;
  return {
    settings: explainSettings(scenario, { changesWithTime: changesWithTime(timeCoursesOf(plan, 1)) }),
    replies: explainReplies(scenario),
    limits: plan.limits.map(explainLimit),
    capacity: capacity && explainCapacity(capacity),
    rules: rules.map((planned) => ({
      id: planned.id,
      name: planned.rule.name,
      summary: explainRule(planned, clock),
      dependsOnArrival: dependsOnArrivalOrder(planned),
    })),
    remarks: rules.some(({ rule }) => rule.attempts !== undefined || rule.per === 'call') ? [IN_PARALLEL] : [],
  };
}

const IN_PARALLEL =
  'Of equal requests in parallel that no name tells apart, which one counts as the second attempt depends on their arrival.';
