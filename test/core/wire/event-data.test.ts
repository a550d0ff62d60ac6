import { expect, test } from 'vitest';
import { reframedStream } from '../../../src/core/faults/reframed-stream.ts';
import { splitUtf8 } from '../../../src/core/faults/split-utf8.ts';
import { bytesOf } from '../../../src/core/wire/bytes.ts';
import type { Reply, Write } from '../../../src/core/wire/effect.ts';
import { EventDataReader } from '../../../src/core/wire/event-data.ts';
import { replyContext } from '../../support/reply-context.ts';

/** A line separator is no end of a line in a stream of events. */
const EVENTS = ['{"text":"naïve 😀"}', '{"text":"a\u2028b"}', '{"plain":1}'];

const writes: readonly Write[] = EVENTS.map((data) => ({ type: 'write', data: `event: x\ndata: ${data}\n\n`, event: 'content' }));

/** The data of each event, and in how many pieces it came. */
function read(reply: Reply): { readonly texts: string[]; readonly pieces: number } {
  const reader = new EventDataReader();
  const texts: string[] = [];
  let pieces = 0;
  let bytes: number[] = [];
  for (const effect of reply) {
    if (effect.type !== 'write') continue;
    for (const { data, isLast } of reader.read(effect)) {
      pieces += 1;
      bytes.push(...bytesOf(data));
      if (!isLast) continue;
      texts.push(Buffer.from(bytes).toString());
      bytes = [];
    }
  }
  return { texts, pieces };
}

test('the data of an event is what its frame is', () => {
  expect(read(writes)).toEqual({ texts: EVENTS, pieces: 3 });
});

test('several events that are written at once are several', () => {
  const data = writes.map((write) => write.data).join('');
  expect(read([{ type: 'write', data, holds: { events: 3, contents: 3, bytes: data.length } }])).toEqual({
    texts: EVENTS,
    pieces: 3,
  });
});

test('characters that are split stay split, and make the same text', () => {
  const { texts, pieces } = read(splitUtf8.apply(writes, {}, replyContext()));
  expect(texts).toEqual(EVENTS);
  expect(pieces).toBeGreaterThan(3);
});

test.each(['lf', 'crlf', 'cr'] as const)('comments, retry fields and lines that end with %s are no data', (ending) => {
  const params = reframedStream.params.parse({ line_ending: ending });
  expect(read(reframedStream.apply(writes, params, replyContext())).texts).toEqual(EVENTS);
});
