import { faultNamed } from '../faults/catalogue.ts';
import type { FaultCall } from '../faults/registry.ts';

/** Transport faults after which a client has no whole answer. */
const UNANSWERED: ReadonlySet<string> = new Set(['hang', 'connection_reset', 'empty_response']);

/** Whether who meets these faults, in this order, gets an error or no answer. */
export function isFailing(faults: readonly FaultCall[]): boolean {
  return faults.some((fault) => UNANSWERED.has(fault.name) || answersWithError(fault));
}

function answersWithError({ name, params }: FaultCall): boolean {
  if (faultNamed(name).kind !== 'error') return false;
  const { status = 500 } = params as { readonly status?: number };
  return status >= 400;
}
