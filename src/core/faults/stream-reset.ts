import { z } from 'zod';
import { record, whole } from '../schema/fields.ts';
import { cutBody } from '../wire/cut-body.ts';
import { upToHead } from '../wire/up-to-head.ts';
import { defineFault } from './fault.ts';

const params = record({
  code: z
    .enum(['refused_stream', 'internal_error', 'cancel', 'enhance_your_calm'])
    .default('internal_error')
    .describe('the error code of RST_STREAM; refused_stream says that the request was not processed (RFC 9113 §8.7)'),
  at: z
    .enum(['request', 'headers', 'body'])
    .default('request')
    .describe('when the request has been read, after the head, or in the body'),
  after_bytes: whole(0).optional().describe('bytes of the body that come first, with at: body; default 16'),
})
  .refine(({ at, after_bytes: bytes }) => bytes === undefined || at === 'body', {
    path: ['after_bytes'],
    error: 'after_bytes goes with at: body',
  })
  .refine(({ at, code }) => code !== 'refused_stream' || at === 'request', {
    path: ['at'],
    error: 'refused_stream says that the request was not processed: it goes with at: request',
  })
  .prefault({});

/** A RST_STREAM frame. The other streams of the connection go on. */
export const streamReset = defineFault({
  name: 'stream_reset',
  summary: 'resets the stream of the request, by HTTP/2: instead of an answer, after the head, or within the body',
  leaves: 'disconnected',
  kind: 'transport',
  injectedAt: 'edge',
  terminalWith: ({ at }) => at === 'request',
  protocols: ['http/2'],
  source: 'https://github.com/openai/openai-python/issues/399',
  params,
  *apply(reply, { code, at, after_bytes: bytes = 16 }) {
    if (at === 'body') yield* cutBody(reply, bytes, { type: 'reset_stream', code });
    else {
      if (at === 'headers') yield* upToHead(reply);
      yield { type: 'reset_stream', code };
    }
  },
});
