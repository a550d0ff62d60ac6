import { z } from 'zod';
import { record, whole } from '../schema/fields.ts';
import { cutBody } from '../wire/cut-body.ts';
import { upToHead } from '../wire/up-to-head.ts';
import { defineFault } from './fault.ts';

const params = record({
  at: z
    .enum(['accept', 'request', 'headers', 'body'])
    .default('request')
    .describe('as the connection is accepted, when the request has been read, after the head, or in the body'),
  after_bytes: whole(0).optional().describe('bytes of the body that come first, with at: body; default 16'),
})
  .refine(({ at, after_bytes: bytes }) => bytes === undefined || at === 'body', {
    path: ['after_bytes'],
    error: 'after_bytes goes with at: body',
  })
  .prefault({});

/** A TCP RST. What was sent before it has been taken by the kernel. */
export const connectionReset = defineFault({
  name: 'connection_reset',
  summary: 'resets the connection: on accept, instead of an answer, after the head, or within the body',
  leaves: 'disconnected',
  kind: 'transport',
  injectedAt: 'edge',
  injectedAtWith: ({ at }) => (at === 'accept' ? 'accept' : 'edge'),
  terminalWith: ({ at }) => at === 'request',
  params,
  *apply(reply, { at, after_bytes: bytes = 16 }) {
    if (at === 'body') yield* cutBody(reply, bytes, { type: 'reset' });
    else {
      if (at === 'headers') yield* upToHead(reply);
      yield { type: 'reset' };
    }
  },
});
