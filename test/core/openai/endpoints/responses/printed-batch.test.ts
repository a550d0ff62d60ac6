import { expect, test } from 'vitest';
import { PrintedBatch } from '../../../../../src/core/openai/endpoints/responses/printed-batch.ts';
import { bytesOf } from '../../../../../src/core/wire/bytes.ts';
import type { Write } from '../../../../../src/core/wire/effect.ts';

const TEXT = { pieces: ['é "', '" ', ' ', '!'], holes: [0, -4, 1], events: 3, contents: 1 };

const said = ({ data }: Write) => Buffer.from(bytesOf(data)).toString();
const filled = (batch: PrintedBatch, values: readonly string[], sign = 'o') =>
  batch.write(values.map(bytesOf), (length) => sign.repeat(length));

test('holes are filled with values and obfuscations, of whatever length', () => {
  const batch = new PrintedBatch(TEXT);
  expect(said(filled(batch, ['one', 'two']))).toBe('é "one" ooo two!');
  expect(said(filled(batch, ['four', 'seventeen']))).toBe('é "four" ooo seventeen!');
  expect(filled(batch, ['', '']).holds).toEqual({ events: 3, contents: 1, bytes: Buffer.byteLength('é "" ooo !') });
});

test('bytes stay as they are until they are given back', () => {
  const batch = new PrintedBatch(TEXT);
  const first = filled(batch, ['one', 'two']);
  const second = filled(batch, ['uno', 'due'], 'x');
  first.giveBack?.(bytesOf(first.data).subarray(1));
  first.giveBack?.('é "one" ooo two!');
  filled(batch, ['eins', 'zwei']);
  expect(said(first)).toBe('é "one" ooo two!');
  expect(said(second)).toBe('é "uno" xxx due!');
});

test('bytes that were given back are used again', () => {
  const batch = new PrintedBatch(TEXT);
  const first = filled(batch, ['one', 'two']);
  first.giveBack?.(first.data);
  expect(bytesOf(filled(batch, ['uno', 'due']).data).buffer).toBe(bytesOf(first.data).buffer);
});

test('a batch that is longer than most has bytes of its own', () => {
  const batch = new PrintedBatch({ ...TEXT, pieces: ['a'.repeat(100_000), 'b', 'c', 'd'] });
  const write = filled(batch, ['1', '2']);
  expect(write.giveBack).toBeUndefined();
  expect(said(write)).toBe(`${'a'.repeat(100_000)}1boooc2d`);
});
