import type { BoundFault } from '../../faults/bound-fault.ts';
import { boundFault } from '../../faults/registry.ts';
import type { Try } from '../history/call-history.ts';

/** The faults that the attempt met. */
export function struckBy({ entry }: Try): readonly BoundFault[] {
  return entry.faultApplied?.faults.map(boundFault) ?? [];
}
