import { record } from '../schema/fields.ts';
import { bytesOf } from '../wire/bytes.ts';
import { pieceOf } from '../wire/piece-of.ts';
import { SEGMENT_GAP } from '../wire/segment-gap.ts';
import { defineStreamFault } from './stream-fault.ts';

/** Legal: a segment may end anywhere. An answer in plain ASCII has nothing to split. */
export const splitUtf8 = defineStreamFault({
  name: 'split_utf8',
  summary: 'every character of several bytes is split between two TCP segments (legal)',
  leaves: 'complete',
  params: record({}).prefault({}),
  *apply(reply) {
    for (const effect of reply) {
      if (effect.type !== 'write') {
        yield effect;
        continue;
      }
      const bytes = bytesOf(effect.data);
      let from = 0;
      for (const [at, byte] of bytes.entries()) {
        if (byte < FIRST_OF_SEVERAL) continue;
        yield pieceOf(effect, bytes.subarray(from, at + 1), false);
        yield SEGMENT_GAP;
        from = at + 1;
      }
      yield { ...effect, data: from === 0 ? effect.data : bytes.subarray(from) };
    }
  },
});

/** Bytes from here on begin a character of several bytes (RFC 3629). */
const FIRST_OF_SEVERAL = 0xc0;
