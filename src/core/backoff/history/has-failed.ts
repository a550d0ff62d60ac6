import type { CallHistory } from './call-history.ts';

/** Whether the call is over, or as far as it went, without a success at its end. */
export function hasFailed({ tries }: CallHistory): boolean {
  return tries.at(-1)?.failure !== undefined;
}
