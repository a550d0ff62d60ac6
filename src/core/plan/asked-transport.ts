import { needTls } from '../faults/bound-fault.ts';
import { type PlannedRule, stepsOf } from './compile.ts';

/** How requests have to come for all faults of a scenario to strike. */
export interface AskedTransport {
  readonly protocol: 'http/1.1' | 'http/2';
  readonly isTls: boolean;
}

/** The plainest transport that all faults of the rules mean something to. */
export function askedTransport(rules: readonly PlannedRule[]): AskedTransport {
  const faults = rules.flatMap(({ action }) => stepsOf(action).flatMap((step) => step.faults));
  const isHttp2 = faults.some(({ fault: { protocols } }) => protocols?.includes('http/1.1') === false);
  return { protocol: isHttp2 ? 'http/2' : 'http/1.1', isTls: needTls(faults) };
}
