import { record } from '../schema/fields.ts';
import { defineFault } from './fault.ts';

/** Lets the request through: a step of a sequence, or an exception from the rules below it. */
export const ok = defineFault({
  name: 'ok',
  summary: 'does nothing: the request is answered as usual',
  leaves: 'unchanged',
  kind: 'transport',
  injectedAt: 'api',
  params: record({}).prefault({}),
  apply: (reply) => reply,
});
