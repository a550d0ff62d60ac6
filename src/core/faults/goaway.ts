import { z } from 'zod';
import { record } from '../schema/fields.ts';
import { HTTP2_CODES } from '../wire/http2-code.ts';
import { defineFault } from './fault.ts';

/** A GOAWAY frame, as a server sends it that is replaced, or that a client asks too much of. */
export const goaway = defineFault({
  name: 'goaway',
  summary: 'ends the connection by GOAWAY, by HTTP/2: once its open streams are answered, or without an answer to them',
  leaves: 'disconnected',
  leavesWith: ({ serve_open: serveOpen }) => (serveOpen ? 'complete' : 'disconnected'),
  // Where they are not, the connection ends at once: a client sees that.
  hidesRequests: ({ serve_open: serveOpen }) => serveOpen,
  kind: 'transport',
  injectedAt: 'edge',
  terminalWith: ({ serve_open: serveOpen }) => !serveOpen,
  protocols: ['http/2'],
  source: 'https://www.rfc-editor.org/rfc/rfc9113.html#section-6.8',
  params: record({
    code: z.enum(HTTP2_CODES).default('no_error').describe('the error code of the frame'),
    serve_open: z
      .boolean()
      .default(true)
      .describe('true: streams that are open are answered; false: those without an answer are said not to be processed'),
  }).prefault({}),
  *apply(reply, { code, serve_open: serveOpen }) {
    yield { type: 'go_away', code, serveOpen };
    if (serveOpen) yield* reply;
  },
});
