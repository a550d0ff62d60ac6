import type { StateUnavailableError } from '../../session/state-unavailable-error.ts';

/** What is said, as a problem, where what decides is out of reach: nothing is decided here instead. */
export const stateUnavailable = ({ message }: StateUnavailableError) =>
  ({ status: 503, title: 'The store of the mock does not answer.', detail: message }) as const;
