import { duration, record } from '../schema/fields.ts';
import { defineFault } from './fault.ts';

/** Accepts the request and says nothing; with `for`, closes the connection in the end. */
export const hang = defineFault({
  name: 'hang',
  summary: 'never answers: holds the socket until the client leaves, or for a while and then closes it',
  leaves: 'silence',
  kind: 'transport',
  terminal: true,
  injectedAt: 'edge',
  params: record({
    for: duration().optional().describe('then the connection is closed without an answer'),
  }).prefault({}),
  *apply(_reply, params) {
    if (params.for === undefined) {
      yield { type: 'hang' };
      return;
    }
    yield { type: 'wait', ms: params.for };
    yield { type: 'close' };
  },
});
