import { bytesOf } from './bytes.ts';
import type { Effect, Reply } from './effect.ts';
import { pieceOf } from './piece-of.ts';

/** A reply whose body is cut after so many bytes, wherever that falls, and ends so; of a shorter one all bytes come. */
export function* cutBody(reply: Reply, bytes: number, ending: Effect): Reply {
  let left = bytes;
  for (const effect of reply) {
    if (effect.type === 'end' || (effect.type === 'write' && left === 0)) break;
    if (effect.type !== 'write') {
      yield effect;
      continue;
    }
    const data = bytesOf(effect.data);
    if (data.length > left) {
      yield pieceOf(effect, data.subarray(0, left), false);
      break;
    }
    left -= data.length;
    yield effect;
  }
  yield ending;
}
