import { record } from '../schema/fields.ts';
import { afterChunks } from '../wire/after-chunks.ts';
import type { Effect, Reply, Write } from '../wire/effect.ts';
import { joined } from '../wire/joined.ts';
import { afterChunksParam, defineStreamFault } from './stream-fault.ts';

const LINE_FEED = 0x0a;

/** The event ends as it should; the JSON in it breaks off. The stream goes on after it. */
export const malformedChunk = defineStreamFault({
  name: 'malformed_chunk',
  summary: 'one chunk in the middle is not JSON',
  leaves: 'unreadable',
  params: record(afterChunksParam).prefault({}),
  apply: (reply, { after_chunks: count }) => afterChunks(reply, count, withNextBroken),
});

function* withNextBroken(rest: Iterable<Effect>): Reply {
  let whole = true;
  /** Of the event that is to be broken. */
  let pieces: Write[] = [];
  for (const effect of rest) {
    if (!whole || effect.type === 'wait') yield effect;
    else if (effect.type !== 'write') yield* [...pieces, effect];
    else {
      pieces.push(effect);
      if (effect.partOf !== undefined) continue;
      yield { ...effect, data: broken(joined(pieces)) };
      whole = false;
    }
    if (effect.type !== 'wait') pieces = [];
  }
}

function broken(bytes: Uint8Array): Uint8Array {
  const half = Math.floor(bytes.length / 2);
  const event = bytes.slice(0, half + 2);
  event.fill(LINE_FEED, half);
  return event;
}
