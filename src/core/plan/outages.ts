import type { Outage } from '../backoff/subject.ts';
import { faultNamed } from '../faults/catalogue.ts';
import type { PlannedRule } from './compile.ts';

/** The spans in which every request fails by plan: rules with `during` alone that answer with an error or none. */
export function outagesOf(rules: readonly PlannedRule[], startedAt: number): Outage[] {
  return rules.flatMap(({ rule, action }) => {
    const { match, attempts, first, after, every, times, probability, during } = rule;
    const narrowed = [match, attempts, first, after, every, times, probability].some((given) => given !== undefined);
    const fails =
      action.kind === 'fault' && action.step.faults.some(({ name }) => name === 'hang' || faultNamed(name).kind === 'error');
    if (during === undefined || narrowed || !fails) return [];
    return [{ from: startedAt + during.from, to: startedAt + during.to }];
  });
}
