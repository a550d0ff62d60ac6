import { duration, record } from '../schema/fields.ts';
import { afterChunks } from '../wire/after-chunks.ts';
import { headFirst, heartbeatIn, isHeadEarly, silenceParams, silent } from './silence.ts';
import { afterChunksParam, defineStreamFault } from './stream-fault.ts';

/** The connection stays open; with `for`, the rest comes in the end. */
export const stalledStream = defineStreamFault({
  name: 'stalled_stream',
  summary: 'goes silent in the middle: for good, or for a while',
  leaves: 'stalled',
  beatsWith: ({ heartbeat }) => heartbeat?.as,
  pauseWith: ({ for: ms }) => ms,
  params: record({
    ...afterChunksParam,
    for: duration().optional().describe('then the stream goes on; without it, it never does'),
    ...silenceParams,
  }).prefault({}),
  apply(reply, params, context) {
    const { after_chunks: count, for: ms } = params;
    const beat = heartbeatIn(params, context);
    if (count === 0 && isHeadEarly(params, context)) {
      return headFirst(reply, (heldMs) => silent(ms === undefined ? undefined : heldMs + ms, beat));
    }
    const stalled = afterChunks(reply, count, function* (rest) {
      yield* silent(ms, beat);
      if (ms !== undefined) yield* rest;
    });
    return isHeadEarly(params, context) ? headFirst(stalled, (heldMs) => silent(heldMs, beat)) : stalled;
  },
});
