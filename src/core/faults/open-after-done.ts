import { duration, record } from '../schema/fields.ts';
import { defineStreamFault } from './stream-fault.ts';

/** Who reads to the end of the body instead of to `[DONE]` waits. */
export const openAfterDone = defineStreamFault({
  name: 'open_after_done',
  summary: 'sends [DONE] and keeps the response open',
  leaves: 'open',
  carriers: ['response'],
  params: record({
    for: duration().optional().describe('then the response ends; without it, it never does'),
  }).prefault({}),
  *apply(reply, { for: ms }) {
    for (const effect of reply) {
      if (effect.type === 'end') yield ms === undefined ? { type: 'hang' } : { type: 'wait', ms };
      if (effect.type !== 'end' || ms !== undefined) yield effect;
    }
  },
});
