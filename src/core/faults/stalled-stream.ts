import { duration, record } from '../schema/fields.ts';
import { afterChunks } from '../wire/after-chunks.ts';
import { afterChunksParam, defineStreamFault } from './stream-fault.ts';

/** The connection stays open; with `for`, the rest comes in the end. */
export const stalledStream = defineStreamFault({
  name: 'stalled_stream',
  summary: 'goes silent in the middle: for good, or for a while',
  leaves: 'stalled',
  params: record({
    ...afterChunksParam,
    for: duration().optional().describe('then the stream goes on; without it, it never does'),
  }).prefault({}),
  apply: (reply, { after_chunks: count, for: ms }) =>
    afterChunks(reply, count, function* (rest) {
      yield ms === undefined ? { type: 'hang' } : { type: 'wait', ms };
      if (ms !== undefined) yield* rest;
    }),
});
