import { z } from 'zod';
import { record } from '../schema/fields.ts';
import { afterChunks } from '../wire/after-chunks.ts';
import { followed } from './followed.ts';
import { afterChunksParam, defineStreamFault } from './stream-fault.ts';

const MESSAGE = 'The server had an error while processing your request. Sorry about that!';

/** No `error` comes before it: who reads only that event learns nothing. The status is 200 by then. */
export const responseFailed = defineStreamFault({
  name: 'response_failed',
  summary: 'ends a stream of Responses with response.failed',
  leaves: 'unreadable',
  needs: ['failure'],
  source: 'https://github.com/openai/codex (its tests)',
  params: record({
    ...afterChunksParam,
    code: z
      .string()
      .min(1)
      .default('server_error')
      .describe('rate_limit_exceeded, server_is_overloaded, context_length_exceeded, …'),
    message: z.string().default(MESSAGE),
  }).prefault({}),
  apply: (reply, { after_chunks: count, code, message }, { request }) =>
    followed(request.endpoint?.stream, (follower) =>
      afterChunks(reply, count, function* () {
        yield* follower?.failure?.({ code, message }) ?? [];
        yield { type: 'end' };
      }),
    ),
});
