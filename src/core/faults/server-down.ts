import { record } from '../schema/fields.ts';
import { defineFault } from './fault.ts';

/**
 * Nobody listens: the system answers who connects. What was under way ends with a RST. It strikes the server as a whole, in the
 * span of its rule, and is in no decision on a request.
 */
export const serverDown = defineFault({
  name: 'server_down',
  summary: 'takes the server down: what is under way is reset, and the system refuses connections until the span is over',
  leaves: 'disconnected',
  kind: 'transport',
  terminal: true,
  injectedAt: 'listener',
  params: record({}).prefault({}),
  *apply() {
    yield { type: 'reset' };
  },
});
