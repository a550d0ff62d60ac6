import { z } from 'zod';
import { record } from '../schema/fields.ts';
import { afterChunks } from '../wire/after-chunks.ts';
import { afterChunksParam, defineStreamFault } from './stream-fault.ts';

const ENDINGS = { clean: 'end', close: 'close', reset: 'reset' } as const;

/** Exactly the first content chunks are delivered; no finish chunk, no usage, no `[DONE]`. */
export const truncatedStream = defineStreamFault({
  name: 'truncated_stream',
  summary: 'ends after a few chunks: properly by HTTP, by closing the connection, or by resetting it',
  leaves: 'truncated',
  params: record({
    ...afterChunksParam,
    end: z.enum(['clean', 'close', 'reset']).default('close').describe('with the last chunk of HTTP, with FIN, with RST'),
  }).prefault({}),
  apply: (reply, { after_chunks: count, end }) =>
    afterChunks(reply, count, function* () {
      yield { type: ENDINGS[end] };
    }),
});
