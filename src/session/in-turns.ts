import type { Steps } from '../core/at-once.ts';
import { nextTurn } from './next-turn.ts';

/** After so long the event loop goes on with other things, in milliseconds. With the step that it ends with, a turn stays below 50. */
const TURN_MS = 5;

/** Does all steps, and lets the event loop go on between them. Rejects with what a step throws. */
export async function inTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    await nextTurn();
    const endsAt = performance.now() + TURN_MS;
    do {
      const step = steps.next();
      if (step.done === true) return step.value;
    } while (performance.now() < endsAt);
  }
}
