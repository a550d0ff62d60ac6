import { z } from 'zod';
import { record, whole } from '../schema/fields.ts';
import { wholeBody, withLength } from '../wire/whole-body.ts';
import { defineFault } from './fault.ts';

/** The head promises the whole body. */
export const truncatedBody = defineFault({
  name: 'truncated_body',
  summary: 'announces a Content-Length, sends fewer bytes and ends the connection',
  leaves: 'unreadable',
  kind: 'transport',
  injectedAt: 'edge',
  changes: 'whole',
  carriers: ['response'],
  params: record({
    after_bytes: whole(0).optional().describe('bytes that come; default half of them, always at least one too few'),
    end: z.enum(['close', 'reset']).default('close'),
  }).prefault({}),
  apply: (reply, { after_bytes: given, end }) =>
    wholeBody(reply, function* (head, body) {
      yield withLength(head, body.length);
      const bytes = Math.max(0, Math.min(given ?? Math.floor(body.length / 2), body.length - 1));
      if (bytes > 0) yield { type: 'write', data: body.subarray(0, bytes) };
      yield { type: end };
    }),
});
