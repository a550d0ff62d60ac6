import { record } from '../schema/fields.ts';
import { defineStreamFault } from './stream-fault.ts';

/** The answer itself is complete. The event that says so is left out: `[DONE]` of a stream of chunks. */
export const missingDone = defineStreamFault({
  name: 'missing_done',
  summary: 'the stream ends without [DONE]',
  leaves: 'complete',
  params: record({}).prefault({}),
  *apply(reply, _params, { request }) {
    const completion = request.endpoint?.stream?.completion;
    for (const effect of reply) {
      if (effect.type !== 'write' || completion === undefined || (effect.event ?? effect.partOf) !== completion) yield effect;
    }
  },
});
