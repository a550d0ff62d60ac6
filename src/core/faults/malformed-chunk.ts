import { record } from '../field.ts';
import { afterChunks } from '../reply/after-chunks.ts';
import { bytesOf } from '../reply/bytes.ts';
import type { Effect, Reply } from '../reply/effect.ts';
import { afterChunksParam, defineStreamFault } from './stream-fault.ts';

const LINE_FEED = 0x0a;

/** The event ends as it should; the JSON in it breaks off. The stream goes on after it. */
export const malformedChunk = defineStreamFault({
  name: 'malformed_chunk',
  summary: 'one chunk in the middle is not JSON',
  spoils: true,
  params: record(afterChunksParam).prefault({}),
  apply: (reply, { after_chunks: count }) => afterChunks(reply, count, withNextBroken),
});

function* withNextBroken(rest: Iterable<Effect>): Reply {
  let whole = true;
  for (const effect of rest) {
    yield whole && effect.type === 'write' ? { ...effect, data: broken(effect.data) } : effect;
    if (effect.type === 'write') whole = false;
  }
}

function broken(data: string | Uint8Array): Uint8Array {
  const bytes = bytesOf(data);
  const half = Math.floor(bytes.length / 2);
  const event = bytes.slice(0, half + 2);
  event.fill(LINE_FEED, half);
  return event;
}
