import { nextBeginning } from '../units/span.ts';
import type { PlannedRule } from './compile.ts';

/** What a scenario says of its server at a moment. */
export interface ServerState {
  /** The rule that has it down; undefined where it is up. */
  readonly downBy: PlannedRule | undefined;
  /** When that may be another, in milliseconds of the session's clock; Infinity where it never is. */
  readonly until: number;
}

/** Whether rules have the server down at a moment of the session's clock, in milliseconds. The first of several counts. */
export function downtimeAt(rules: readonly PlannedRule[], ms: number): ServerState {
  const down = rules.filter(({ appliesAt }) => appliesAt === 'server');
  for (const planned of down) {
    const moment = planned.activity?.at(ms);
    if (moment !== undefined) return { downBy: planned, until: ms + moment.leftMs };
  }
  const next = down.map(({ rule: { during = [] } }) => nextBeginning(during, ms));
  return { downBy: undefined, until: Math.min(Number.POSITIVE_INFINITY, ...next) };
}

/** Whether any of the rules takes the server down. */
export function takesServerDown(rules: readonly PlannedRule[]): boolean {
  return rules.some(({ appliesAt }) => appliesAt === 'server');
}
