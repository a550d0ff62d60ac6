import { refersToOthers } from '../core/openai/store/lost-error.ts';
import { LEAVING_MS } from '../session/state/session-state.ts';
import type { DecisionService, DecisionWaits } from './decision-service.ts';

/** How decisions wait for other workers. `caughtUp` resolves when all is known that a worker had to tell. */
export function workerWaits(caughtUp: (desk: DecisionService) => Promise<void>): DecisionWaits {
  return {
    needsAll: ({ reference }) => reference !== undefined && refersToOthers(reference),
    afterTold: (_ask, others, goOn) => void Promise.all(others.map(caughtUp)).then(goOn),
    afterPause: (_ask, goOn) => void setTimeout(goOn, LEAVING_MS),
  };
}
