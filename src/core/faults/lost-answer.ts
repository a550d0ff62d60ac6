import { record } from '../schema/fields.ts';
import { defineFault } from './fault.ts';

/** The answer is made to its end, draws from the limits, and is kept where it is stored. Who asks again pays twice. */
export const lostAnswer = defineFault({
  name: 'lost_answer',
  summary: 'serves and bills the answer, then resets the connection before its first byte',
  leaves: 'disconnected',
  kind: 'answer',
  injectedAt: 'api',
  params: record({}).prefault({}),
  *apply(reply) {
    for (const effect of reply) {
      if (effect.type === 'wait' || effect.type === 'hang') yield effect;
      if (effect.type === 'hang') return;
    }
    yield { type: 'reset' };
  },
});
