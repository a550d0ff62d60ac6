import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bodyOf, type ChatFields, chat, chunksOf, messageOf } from '../../../support/chat.ts';

interface DetailedUsage {
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens: number;
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
}

function usageOf(fields: ChatFields, reply = {}): DetailedUsage {
  return bodyOf(chat({ model: 'gpt-5', ...fields }, reply)).usage as unknown as DetailedUsage;
}

const reasoningOf = (fields: ChatFields, reply = {}) => usageOf(fields, reply).completion_tokens_details.reasoning_tokens;

test('what was thought counts as completion, beside what was said', () => {
  const usage = usageOf({}, { tokens: 30 });
  const { reasoning_tokens: reasoning } = usage.completion_tokens_details;
  expect(reasoning).toBeGreaterThan(0);
  expect(usage.completion_tokens).toBe(30 + reasoning);
  expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens);
});

test.each([
  ['none', 0, 0],
  ['minimal', 0, 0],
  ['low', 64, 256],
  ['medium', 128, 640],
  [undefined, 128, 640],
  ['constructor', 128, 640],
  ['high', 512, 1536],
  ['xhigh', 1024, 3072],
  ['max', 2048, 6144],
])('the effort %s thinks for %d to %d tokens', (effort, least, most) => {
  fc.assert(
    fc.property(fc.string(), (user) => {
      const reasoning = reasoningOf({ user, ...(effort === undefined ? {} : { reasoning_effort: effort }) });
      expect(reasoning).toBeGreaterThanOrEqual(least);
      expect(reasoning).toBeLessThanOrEqual(most);
      expect(reasoning % 64).toBe(0);
    }),
    { numRuns: 20 },
  );
});

test('a budget that thinking eats leaves an empty text', () => {
  const reply = chat({ model: 'gpt-5', max_completion_tokens: 100 });
  expect(messageOf(reply).content).toBe('');
  expect(bodyOf(reply).choices[0]?.finish_reason).toBe('length');
  expect(usageOf({ max_completion_tokens: 100 })).toMatchObject({
    completion_tokens: 100,
    completion_tokens_details: { reasoning_tokens: 100 },
  });
  const streamed = chunksOf(
    chat({ model: 'gpt-5', max_completion_tokens: 100, stream: true, stream_options: { include_usage: true } }),
  );
  expect(streamed.map(({ choices }) => choices[0]?.delta)).toEqual([
    { role: 'assistant', content: '', refusal: null },
    {},
    undefined,
  ]);
  expect(streamed.at(-1)?.usage).toEqual(usageOf({ max_completion_tokens: 100 }));
});

test('thinking and saying share the budget', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 900 }), (max_completion_tokens) => {
      expect(usageOf({ max_completion_tokens }, { tokens: 300 }).completion_tokens).toBeLessThanOrEqual(max_completion_tokens);
    }),
  );
});

test('the scenario may say how long is thought', () => {
  expect(reasoningOf({}, { reasoningTokens: 7 })).toBe(7);
  expect(reasoningOf({ model: 'gpt-4o' }, { reasoningTokens: 7 })).toBe(0);
});

test('every choice thinks for itself', () => {
  expect(reasoningOf({ n: 3 }, { reasoningTokens: 7 })).toBe(21);
});
