import { expect, test } from 'vitest';
import { jsonList } from '../../../src/server/admin/json-list.ts';

async function read(pieces: AsyncIterable<Uint8Array>): Promise<string[]> {
  const texts: string[] = [];
  for await (const piece of pieces) texts.push(new TextDecoder().decode(piece));
  return texts;
}

test.each([
  ['nothing', []],
  ['one', [{ id: 1 }]],
  ['many', Array.from({ length: 5_000 }, (_, id) => ({ id, text: 'ä' }))],
])('a list of %s is written as JSON', async (_what, items) => {
  expect(JSON.parse((await read(jsonList('calls', items))).join(''))).toEqual({ calls: items });
  const rest = { next: 7 };
  expect(JSON.parse((await read(jsonList('calls', items, () => rest))).join(''))).toEqual({ calls: items, ...rest });
});

test('a long list comes in pieces, between which other things go on', async () => {
  const items = Array.from({ length: 5_000 }, (_, id) => ({ id, text: 'x'.repeat(80) }));
  let [turns, isOver] = [0, false];
  const count = () => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const pieces = await read(jsonList('calls', items));
  isOver = true;
  expect(pieces.length).toBeGreaterThan(10);
  for (const piece of pieces) expect(piece.length).toBeLessThan(34 * 1_024);
  expect(turns).toBeGreaterThan(10);
});
