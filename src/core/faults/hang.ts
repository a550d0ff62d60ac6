import { duration, record } from '../schema/fields.ts';
import type { Reply } from '../wire/effect.ts';
import { defineFault } from './fault.ts';
import { headFirst, heartbeatIn, isHeadEarly, silenceParams, silent } from './silence.ts';

/** Accepts the request and says nothing, or nothing but the head and signs of life; with `for`, closes the connection in the end. */
export const hang = defineFault({
  name: 'hang',
  summary: 'never answers: holds the socket until the client leaves, or for a while and then closes it',
  leaves: 'silence',
  leavesWith: ({ head, heartbeat }) => (head === undefined && heartbeat === undefined ? 'silence' : 'stalled'),
  kind: 'transport',
  terminal: true,
  injectedAt: 'edge',
  beatsWith: ({ heartbeat }) => heartbeat?.as,
  params: record({
    for: duration().optional().describe('then the connection is closed without an answer'),
    ...silenceParams,
  }).prefault({}),
  *apply(reply, params, context) {
    if (isHeadEarly(params, context)) yield* upToHead(headFirst(reply, () => []));
    yield* silent(params.for, heartbeatIn(params, context));
    if (params.for !== undefined) yield { type: 'close' };
  },
});

function* upToHead(reply: Reply): Reply {
  for (const effect of reply) {
    if (effect.type === 'head' || effect.type === 'wait') yield effect;
    if (effect.type !== 'wait') return;
  }
}
