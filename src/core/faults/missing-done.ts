import { record } from '../schema/fields.ts';
import { defineStreamFault } from './stream-fault.ts';

/** The event that says that the answer is complete is left out: `[DONE]` of a stream of chunks, whose answer is complete all the same. */
export const missingDone = defineStreamFault({
  name: 'missing_done',
  summary: 'the stream ends without [DONE]; a stream of Responses without response.completed, so that it was cut',
  leaves: 'complete',
  leavesIn: ({ needsCompletion }) => (needsCompletion ? 'truncated' : 'complete'),
  params: record({}).prefault({}),
  *apply(reply, _params, { request }) {
    const completion = request.endpoint?.stream?.completion;
    for (const effect of reply) {
      if (effect.type !== 'write' || completion === undefined || (effect.event ?? effect.partOf) !== completion) yield effect;
    }
  },
});
