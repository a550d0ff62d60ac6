import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readingOf } from '../../src/exchange/body-reading.ts';

const bytesOf = (text: string) => Buffer.from(text);

test('equal bodies are read once', () => {
  const text = JSON.stringify({ model: 'gpt-4o', messages: [] });
  expect(readingOf(bytesOf(text))).toBe(readingOf(bytesOf(text)));
});

test('a long body is read anew each time, so that little is kept', () => {
  const text = JSON.stringify('x'.repeat(70_000));
  expect(readingOf(bytesOf(text))).not.toBe(readingOf(bytesOf(text)));
});

test.each(['', '{', 'nonsense', '\ufeff{}', '"\\u12"'])('what is not JSON is told as that, each time: %j', (text) => {
  for (const _ of [1, 2]) expect(readingOf(bytesOf(text)).json).toBeUndefined();
});

test('bytes that are not UTF-8 are no JSON', () => {
  expect(readingOf(Buffer.from([0x22, 0xff, 0x22])).json).toBeUndefined();
});

test('null is JSON', () => {
  expect(readingOf(bytesOf('null')).json).toEqual({ value: null });
});

test('each body has its own reading, however alike they are and in whichever order they come', () => {
  // Few letters and lengths: many share a place.
  const body = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 20, maxLength: 24 });
  fc.assert(
    fc.property(fc.array(body, { minLength: 1, maxLength: 50 }), (texts) => {
      for (const text of [...texts, ...texts]) {
        const bytes = bytesOf(JSON.stringify(text));
        const reading = readingOf(bytes);
        expect(reading.json).toEqual({ value: text });
        expect(reading.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
      }
    }),
  );
});
