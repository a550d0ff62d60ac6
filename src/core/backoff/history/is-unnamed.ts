import type { CallHistory } from './call-history.ts';

/** Whether the call has no name of its own: what it says may tell that it goes on with another. */
export function isUnnamed({ method }: CallHistory): boolean {
  return method === 'first' || method === 'fingerprint';
}
