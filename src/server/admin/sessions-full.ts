import type { SessionsFullError } from '../../session/sessions-full-error.ts';

/** What is said, as a problem, where there is no room for another session: somebody has to close one. */
export const sessionsFull = ({ message }: SessionsFullError) =>
  ({ status: 409, title: 'There is no room for another session.', detail: message }) as const;
