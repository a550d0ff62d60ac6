import type { LoadReport } from './load-report.ts';

/** What a report calls the spans that a fleet is judged by. */
export function troubleName({ outages }: Pick<LoadReport, 'outages'>): 'outage' | 'brown-out' {
  return outages.length > 0 && outages.every(({ share }) => share !== undefined) ? 'brown-out' : 'outage';
}
