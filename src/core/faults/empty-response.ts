import { record } from '../schema/fields.ts';
import { defineFault } from './fault.ts';

/** The request is read; a FIN is all that comes back. */
export const emptyResponse = defineFault({
  name: 'empty_response',
  summary: 'closes the connection without a byte of an answer',
  leaves: 'disconnected',
  kind: 'transport',
  terminal: true,
  injectedAt: 'edge',
  params: record({}).prefault({}),
  *apply() {
    yield { type: 'close' };
  },
});
