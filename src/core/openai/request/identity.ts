import { below, fork, pick } from '../../random.ts';
import { BASE62 } from '../../text/alphabets.ts';

const LOWER = '0123456789abcdefghijklmnopqrstuvwxyz';
const DATA_CENTRES = ['EWR', 'IAD', 'SJC', 'LHR', 'FRA', 'AMS', 'CDG', 'NRT', 'SIN', 'SYD'];

/** The account behind every key of a scenario, drawn from its seed. Formats: wire.md 1.4 and 2.2. */
export interface Identity {
  /** The slug that `openai-organization` carries. */
  readonly organization: string;
  /** `org-` + 24 characters: the id that error messages carry. */
  readonly organizationId: string;
  /** `proj_` + 24 characters. */
  readonly project: string;
  /** IATA code at the end of `cf-ray`. */
  readonly dataCentre: string;
}

/** The account that a seed stands for. */
export function identityOf(seed: string | number): Identity {
  const random = fork(seed, 'identity');
  return {
    organization: `user-${pick(random, LOWER, 24)}`,
    organizationId: `org-${pick(random, BASE62, 24)}`,
    project: `proj_${pick(random, BASE62, 24)}`,
    dataCentre: DATA_CENTRES[below(random, DATA_CENTRES.length)] ?? 'EWR',
  };
}
