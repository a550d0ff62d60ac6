import { z } from 'zod';
import { record } from '../schema/fields.ts';
import { afterChunks } from '../wire/after-chunks.ts';
import { followed } from './followed.ts';
import { afterChunksParam, defineStreamFault } from './stream-fault.ts';

/** The status is 200 by then. That completions send the same as chat is not captured. */
export const streamError = defineStreamFault({
  name: 'stream_error',
  summary: 'reports an error in place of the rest of the stream',
  leaves: 'unreadable',
  source: 'https://github.com/sashabaranov/go-openai/pull/396',
  params: record({
    ...afterChunksParam,
    message: z.string().default('The server had an error while processing your request. Sorry about that!'),
    type: z.string().nullable().default('server_error'),
    param: z.string().nullable().default(null),
    code: z.union([z.string(), z.number(), z.null()]).default(null),
    done: z.boolean().default(true).describe('[DONE] follows'),
  }).prefault({}),
  apply(reply, { after_chunks: count, done, message, type, param, code }, { request }) {
    const grammar = request.endpoint?.stream;
    return followed(grammar, (follower) =>
      afterChunks(reply, count, function* () {
        yield* follower?.error({ message, type, param, code }) ?? [];
        if (done && grammar?.sentinel !== undefined) yield grammar.sentinel;
        yield { type: 'end' };
      }),
    );
  },
});
