import { defineFault } from './fault.ts';
import { paceParams } from './pace.ts';

/** Status line and header fields come a few bytes at a time; the body follows as it would have. */
export const slowHeaders = defineFault({
  name: 'slow_headers',
  summary: 'dribbles the status line and the header fields',
  leaves: 'complete',
  slows: 'head',
  carriers: ['response'],
  kind: 'transport',
  injectedAt: 'edge',
  params: paceParams({ bytes: 16, everyMs: 50 }),
  *apply(reply, pace) {
    for (const effect of reply) yield effect.type === 'head' ? { ...effect, pace } : effect;
  },
});
