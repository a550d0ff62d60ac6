import type { LoadReport } from '../load/load-report.ts';
import { plural } from '../text/plural.ts';
import { short } from './numbers.ts';

/** What asked beside the fleet and never backed off, and what the fleet got beside it. */
export function hammerLines({ hammer }: LoadReport): (readonly [name: string, value: string])[] {
  if (hammer === undefined) return [];
  const { connections, requests, perSecond, answers, served, fleetShare } = hammer;
  const statuses = Object.entries(answers).map(([status, count]) => `${status}: ${count.toLocaleString('en-US')}`);
  const rate = perSecond === null ? '' : `, ${short(Math.round(perSecond))}/s`;
  return [
    [
      'hammer',
      `${plural(requests, 'request')} of ${plural(connections, 'connection')}${rate}; answered ${statuses.join(', ') || 'none'}; in none of the other figures`,
    ],
    [
      'beside it',
      `the fleet had ${percent(served.fleet)} of its attempts served, the hammer ${percent(served.hammer)}; ${percent(fleetShare)} of all that was served went to the fleet`,
    ],
  ];
}

function percent(share: number | null): string {
  return share === null ? '–' : `${short(Math.round(share * 1_000) / 10)} %`;
}
