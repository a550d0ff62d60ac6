import { record } from '../schema/fields.ts';
import { defineStreamFault } from './stream-fault.ts';

/** The answer itself is complete. */
export const missingDone = defineStreamFault({
  name: 'missing_done',
  summary: 'the stream ends without [DONE]',
  params: record({}).prefault({}),
  *apply(reply) {
    for (const effect of reply) if (effect.type !== 'write' || (effect.event ?? effect.partOf) !== 'done') yield effect;
  },
});
