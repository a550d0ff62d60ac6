import { expect, test } from 'vitest';
import { headerOf } from '../../support/effects.ts';
import { goldenBytes } from './golden-bytes.ts';

test.each(goldenBytes)('$body: $bytes bytes (wire.md $source)', ({ bytes, reply }) => {
  const answer = reply();
  expect(new TextEncoder().encode(answer.text)).toHaveLength(bytes);
  expect(headerOf(answer, 'content-length')).toBe(String(bytes));
});
