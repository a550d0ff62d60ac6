import { boundFault } from '../core/faults/registry.ts';
import type { FaultApplied } from '../core/journal/entry.ts';
import { type FaultChoice, NO_CHOICE } from '../exchange/decision-step.ts';

/** The faults that another process has chosen. */
export function chosenBy(applied: FaultApplied | null): FaultChoice {
  return applied === null ? NO_CHOICE : { applied, faults: applied.faults.map(boundFault) };
}
