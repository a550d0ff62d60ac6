import { expect, test } from 'vitest';
import { shortageOf } from '../../../../src/core/openai/rate-limits/rate-limit-shortage.ts';
import { apiRequest } from '../../../support/reply-context.ts';

const chat = (model: string, characters = 20) =>
  apiRequest({
    body: {
      model,
      messages: [{ role: 'user', content: 'x'.repeat(characters) }],
    },
  });

test('a tier whose tokens are too coarse for the wait is passed over', () => {
  expect(shortageOf(chat('gpt-4o'), 'tokens', 1_000)).toMatchObject({
    tier: 1,
    limit: 30_000,
  });
  expect(shortageOf(chat('gpt-4o'), 'tokens', 1_001)).toMatchObject({
    tier: 2,
    limit: 450_000,
  });
  expect(shortageOf(chat('gpt-4'), 'tokens', 1)).toMatchObject({
    tier: 2,
    limit: 40_000,
  });
});

test('a tier in which the request cannot fit is passed over', () => {
  const shortage = shortageOf(chat('gpt-4o', 200_000), 'tokens', 1_000);
  expect(shortage).toMatchObject({
    tier: 2,
    limit: 450_000,
    requested: 50_003,
    used: 450_000 + 7_500 - 50_003,
  });
});

test('a request that fits in no tier asks for the whole bucket', () => {
  const shortage = shortageOf(chat('gpt-4', 8_000_000), 'tokens', 1_000);
  expect(shortage.requested).toBe(shortage.limit);
  expect(shortage.used).toBeLessThanOrEqual(shortage.limit);
});

test('a day of tokens resolves every millisecond', () => {
  expect(shortageOf(chat('gpt-4o'), 'tokens_per_day', 960)).toMatchObject({
    limit: 90_000,
    requested: 8,
  });
  expect(shortageOf(chat('gpt-4o'), 'tokens_per_day', 1_001)).toMatchObject({
    limit: 90_000_000,
  });
});

test.each([
  [85, 705],
  [86, 697],
  [1, 90_000],
  [60_000, 1],
])('a request limit of %d is nearest to %d ms', (limit, waitMs) => {
  expect(shortageOf(chat('gpt-4o'), 'requests', waitMs)).toMatchObject({
    limit,
    used: limit,
    requested: 1,
    waitMs: Math.floor(60_000 / limit),
  });
});

test('a wait is at least one whole millisecond, rounded up', () => {
  expect(shortageOf(chat('gpt-4o'), 'requests', 0).waitMs).toBe(1);
  expect(shortageOf(chat('gpt-4o'), 'requests', 1.2).waitMs).toBe(2);
  expect(shortageOf(chat('gpt-4o'), 'tokens', 0).waitMs).toBe(1);
});
