import type { StoreChange } from '../../core/openai/store/session-store.ts';

/** The name by which a later request may go on from a turn. */
export function turnIn(change: StoreChange): string | undefined {
  if (change.change === 'keep response') return change.response.id;
  return change.change === 'add items' ? change.id : undefined;
}
