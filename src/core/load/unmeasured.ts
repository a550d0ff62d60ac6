import type { RecoveryState } from './recovery.ts';

export const LATE_DRIVER = 'the driver did not keep its schedule';

const WHY: { readonly [State in RecoveryState]?: string } = {
  no_outage:
    'no rule with `during` failed nearly all that came in its span, or more than `brown_out` says, so that there was no outage within the load',
  not_watched: 'too little of the load lies before or after the outage',
};

/** Why nothing is known of a recovery; undefined where it was measured. */
export function unmeasured(state: RecoveryState): string | undefined {
  return WHY[state];
}
