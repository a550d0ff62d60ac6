import { record, whole } from '../schema/fields.ts';
import { wholeBody, withLength } from '../wire/whole-body.ts';
import { defineFault } from './fault.ts';

/** The framing is right, so that only who parses the body can tell. */
export const malformedJson = defineFault({
  name: 'malformed_json',
  summary: 'answers in full, by its framing, with JSON that breaks off',
  leaves: 'unreadable',
  kind: 'transport',
  injectedAt: 'edge',
  changes: 'whole',
  carriers: ['response'],
  params: record({
    after_bytes: whole(0).optional().describe('bytes of the body that are left; default half of them'),
  }).prefault({}),
  apply: (reply, { after_bytes: given }) =>
    wholeBody(reply, function* (head, body) {
      const bytes = Math.max(0, Math.min(given ?? Math.floor(body.length / 2), body.length - 2));
      const chunked = head.headers.some(([name]) => name.toLowerCase() === 'transfer-encoding');
      yield chunked ? head : withLength(head, bytes);
      if (bytes > 0) yield { type: 'write', data: body.subarray(0, bytes) };
      yield { type: 'end' };
    }),
});
