import { z } from 'zod';
import { record } from '../schema/fields.ts';
import { afterChunks } from '../wire/after-chunks.ts';
import type { Effect, Write } from '../wire/effect.ts';
import { followed } from './followed.ts';
import { afterChunksParam, defineStreamFault } from './stream-fault.ts';

/** Legal: what a stream of Responses ends with when the answer had no more room, or was filtered. */
export const responseIncomplete = defineStreamFault({
  name: 'response_incomplete',
  summary: 'ends a stream of Responses with response.incomplete, what was said so far in it (legal)',
  leaves: 'complete',
  needs: ['incompletion'],
  source: 'https://platform.openai.com/docs/api-reference/responses-streaming/response/incomplete',
  params: record({
    ...afterChunksParam,
    reason: z.enum(['max_output_tokens', 'content_filter']).default('max_output_tokens'),
  }).prefault({}),
  apply: (reply, { after_chunks: count, reason }, { request }) =>
    followed(request.endpoint?.stream, (follower) =>
      afterChunks(reply, count, function* (rest) {
        yield* follower?.incompletion?.(reason, completionIn(rest)) ?? [];
        yield { type: 'end' };
      }),
    ),
});

/** The event that would have ended the answer. Nothing is waited for. */
function completionIn(rest: Iterable<Effect>): Write | undefined {
  for (const effect of rest) if (effect.type === 'write' && effect.event === 'completion') return effect;
  return undefined;
}
