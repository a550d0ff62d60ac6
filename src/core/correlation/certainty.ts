/** How sure it is that a request belongs to its call, strongest first. */
export const CERTAINTIES = ['exact', 'likely', 'ambiguous'] as const;

export type Certainty = (typeof CERTAINTIES)[number];

/** The weakest certainty among them; null of none. */
export function weakestOf(found: readonly { readonly certainty: Certainty }[]): Certainty | null {
  return found.reduce<Certainty | null>(
    (worst, { certainty }) => (worst === null || CERTAINTIES.indexOf(certainty) > CERTAINTIES.indexOf(worst) ? certainty : worst),
    null,
  );
}
