import type { Certainty } from '../../correlation/correlation.ts';

const ORDER: readonly Certainty[] = ['exact', 'likely', 'ambiguous'];

/** The weakest recognition among them; null of nothing. */
export function weakestOf(calls: readonly { readonly certainty: Certainty }[]): Certainty | null {
  return calls.reduce<Certainty | null>(
    (worst, { certainty }) => (worst === null || ORDER.indexOf(certainty) > ORDER.indexOf(worst) ? certainty : worst),
    null,
  );
}
