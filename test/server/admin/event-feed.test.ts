import { expect, test } from 'vitest';
import { EventFeed, type FeedEvent } from '../../../src/server/admin/event-feed.ts';

const NO_PAST: Iterator<FeedEvent> = { next: () => ({ done: true, value: undefined }) };

function feedAfter(upTo: number, past: Iterator<FeedEvent> = NO_PAST) {
  const closed: string[] = [];
  const feed = new EventFeed({ run: 'aaaaaaaa', known: { upTo, beyond: [] }, past, closed: () => closed.push('closed') });
  const reader = feed.body().getReader();
  const read = async () => new TextDecoder().decode((await reader.read()).value);
  return { feed, reader, read, closed };
}

const entry = (seq: number, data = String(seq)): FeedEvent => ({ text: `event: entry\ndata: ${data}\n\n`, seq });

test('what a listener does not take is held up to 1 MiB, and the rest is counted', async () => {
  const { feed, read } = feedAfter(0);
  await read();
  for (let seq = 1; seq <= 3_000; seq++) feed.tell(entry(seq, 'x'.repeat(1_000)));
  const text = await read();
  const told = text.match(/^event: entry$/gm)?.length ?? 0;
  expect(text.length).toBeLessThan(1024 * 1024 + 64 * 1024);
  expect(text).toContain(`event: missed\ndata: {"events":${3_000 - told}}\n\n`);
  feed.tell(entry(3_001));
  expect(await read()).toBe('id: aaaaaaaa.3001\nevent: entry\ndata: 3001\n\n');
});

test('an id names the last entry before which none is missing', async () => {
  const { feed, read } = feedAfter(4);
  await read();
  for (const seq of [6, 5, 8]) feed.tell(entry(seq));
  expect((await read()).match(/id: .*/g)).toEqual(['id: aaaaaaaa.4', 'id: aaaaaaaa.6', 'id: aaaaaaaa.6']);
});

test('the past comes first, and nothing twice', async () => {
  const { feed, read } = feedAfter(0, [entry(1), entry(2)].values());
  await read();
  feed.tell(entry(2));
  feed.tell(entry(3));
  expect((await read()).match(/data: .*/g)).toEqual(['data: 1', 'data: 2', 'data: 3']);
});

test('a listener that leaves is told of no more', async () => {
  const { feed, reader, read, closed } = feedAfter(0);
  await read();
  await reader.cancel();
  expect(closed).toEqual(['closed']);
  feed.tell(entry(1));
  feed.close();
  expect(closed).toEqual(['closed']);
});
