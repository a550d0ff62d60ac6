import { record } from '../schema/fields.ts';
import { defineStreamFault } from './stream-fault.ts';

/** A client cannot tell whether the answer is complete; `[DONE]` comes all the same. */
export const missingFinishReason = defineStreamFault({
  name: 'missing_finish_reason',
  summary: 'no chunk says why the answer ended',
  leaves: 'undetermined',
  needs: ['finish reason'],
  params: record({}).prefault({}),
  *apply(reply) {
    for (const effect of reply) if (effect.type !== 'write' || (effect.event ?? effect.partOf) !== 'finish') yield effect;
  },
});
