import { record, whole } from '../schema/fields.ts';
import { afterChunks } from '../wire/after-chunks.ts';
import { defineStreamFault } from './stream-fault.ts';

/** Byte for byte the same, obfuscation included. */
export const duplicateChunk = defineStreamFault({
  name: 'duplicate_chunk',
  summary: 'one chunk in the middle is sent twice',
  leaves: 'complete',
  params: record({
    after_chunks: whole(1).default(3).describe('the content chunk that comes twice; of a shorter answer the last'),
  }).prefault({}),
  apply: (reply, { after_chunks: count }) =>
    afterChunks(reply, count, function* (rest, last) {
      yield* last;
      yield* rest;
    }),
});
