import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base62, completionId, fingerprintId, toolCallId } from '../../../../src/core/openai/wire/id.ts';
import { fork } from '../../../../src/core/random.ts';

test.each([
  [1_765_880_036, 'CnMM0'],
  [1_774_963_591, 'DPTOx'],
  [1_775_237_394, 'DQcd8'],
  [1_783_709_648, 'E0AeO'],
])('second %i is %s in an id, as captured', (created, time) => {
  expect(base62(created - 1_576_800_000)).toBe(time);
  expect(completionId('chatcmpl', created, fork(1))).toMatch(new RegExp(`^chatcmpl-${time}[0-9A-Za-z]{24}$`));
});

test('ids have the form of their kind', () => {
  expect(toolCallId(fork(1))).toMatch(/^call_[0-9A-Za-z]{24}$/);
  expect(fingerprintId(fork(1))).toMatch(/^fp_[0-9a-f]{10}$/);
});

test('an id has its length at any time, even before the epoch of ids', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 34 }), (created) => completionId('chatcmpl', created, fork(1)).length === 38),
  );
});
