import { z } from 'zod';
import { record } from '../schema/fields.ts';
import { defineFault } from './fault.ts';

/** As a server does whose idle timeout ends while the next request is on its way. */
export const earlyClose = defineFault({
  name: 'early_close',
  summary: 'answers and promises keep-alive, then closes the connection as its next request arrives',
  leaves: 'complete',
  kind: 'transport',
  injectedAt: 'edge',
  params: record({ end: z.enum(['close', 'reset']).default('close') }).prefault({}),
  *apply(reply, { end }) {
    for (const effect of reply) yield effect.type === 'end' ? { type: 'end', next: [{ type: end }] } : effect;
  },
});
