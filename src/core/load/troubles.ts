import type { Outage } from '../backoff/kit/rule-evidence.ts';
import type { LoadRun } from './load-run.ts';

/** The spans that a fleet is judged by: outages, and the brown-outs that the policy asks about. */
export function troublesOf({ outages, brownOuts }: Pick<LoadRun, 'outages' | 'brownOuts'>): readonly Outage[] {
  return brownOuts.length === 0 ? outages : [...outages, ...brownOuts];
}
