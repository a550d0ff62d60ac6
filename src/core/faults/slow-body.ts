import { bytesOf } from '../wire/bytes.ts';
import { pieceOf } from '../wire/piece-of.ts';
import { defineFault } from './fault.ts';
import { paceParams } from './pace.ts';

/** Every byte comes, a few at a time; the head at once. */
export const slowBody = defineFault({
  name: 'slow_body',
  summary: 'dribbles the body, of streams too',
  leaves: 'complete',
  slows: 'body',
  carriers: ['response', 'frames'],
  kind: 'transport',
  injectedAt: 'edge',
  params: paceParams({ bytes: 64, everyMs: 50 }),
  *apply(reply, { bytes, everyMs }) {
    /** Bytes that may still leave before the next pause. */
    let left = bytes;
    for (const effect of reply) {
      if (effect.type !== 'write') {
        yield effect;
        continue;
      }
      const data = bytesOf(effect.data);
      for (let at = 0; at < data.length; ) {
        if (left === 0) {
          yield { type: 'wait', ms: everyMs };
          left = bytes;
        }
        const end = Math.min(data.length, at + left);
        yield pieceOf(effect, data.subarray(at, end), end === data.length);
        left -= end - at;
        at = end;
      }
    }
  },
});
