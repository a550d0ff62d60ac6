import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatenated, firstCharacters, firstTokens, tokenText } from '../../../../src/core/openai/content/token-text.ts';
import { inTokens, lastUserText, promptTokens } from '../../../../src/core/openai/content/tokens.ts';
import { messageTexts } from '../../../../src/core/openai/request/prompt.ts';
import { fieldsOf } from '../../../../src/core/openai/request/request.ts';
import { libraries } from '../../../../src/libraries.ts';
import { stopwatch } from '../../../support/cpu-time.ts';
import { apiRequest } from '../../../support/reply-context.ts';

const ESTIMATE = { tokens: 'estimate' } as const;
const EXACT = { tokens: 'exact' } as const;

function asking(...messages: unknown[]) {
  return apiRequest({ body: { model: 'gpt-4o', messages } });
}

const anyText = fc.string({ unit: 'binary', maxLength: 300 });

test('the estimate of a prompt is a quarter of its characters, 3 a message and 3', () => {
  const request = asking({ role: 'system', content: 'a'.repeat(9) }, { role: 'user', content: 'b'.repeat(4) });
  expect(promptTokens(request, ESTIMATE, libraries)).toBe(Math.ceil(13 / 4) + 2 * 3 + 3);
});

test('the exact count of a prompt is its o200k_base tokens, 3 a message and 3', () => {
  expect(promptTokens(asking({ role: 'user', content: 'Hello, world!' }), EXACT, libraries)).toBe(4 + 3 + 3);
});

test('a prompt above the cap is estimated in exact mode too', () => {
  const request = asking({ role: 'user', content: 'a b '.repeat(300_000) });
  expect(promptTokens(request, EXACT, libraries)).toBe(promptTokens(request, ESTIMATE, libraries));
});

test.each([
  undefined,
  null,
  7,
  {},
  [null],
  [{ role: 'user' }],
  [{ role: 'user', content: 7 }],
  [{ content: [{ type: 'image_url' }, 3] }],
])('messages that make no sense have no text: %j', (messages) => {
  const request = apiRequest({ body: { messages } });
  expect(messageTexts(fieldsOf(request)).join('')).toBe('');
  expect(lastUserText(request)).toBe('');
  expect(promptTokens(request, ESTIMATE, libraries)).toBe(3 * messageTexts(fieldsOf(request)).length + 3);
});

test('the last message of the user is found behind those of others, its text parts joined', () => {
  const parts = [
    { type: 'text', text: 'What is ' },
    { type: 'image_url', image_url: { url: 'x' } },
    { type: 'text', text: 'this?' },
  ];
  const request = asking({ role: 'user', content: 'Hi' }, { role: 'user', content: parts }, { role: 'assistant', content: 'Hm' });
  expect(lastUserText(request)).toBe('What is this?');
  expect(messageTexts(fieldsOf(request))).toEqual(['Hi', 'What is this?', 'Hm']);
});

test('estimated pieces are words of at most eight letters with the space before them, and signs', () => {
  expect([...inTokens('Hello, extraordinary world', 'estimate', libraries).pieces()]).toEqual([
    'Hello',
    ',',
    ' extraord',
    'inary',
    ' world',
  ]);
});

test.each(['estimate', 'exact'] as const)('the pieces of a text are the text, and as many as its tokens: %s', (mode) => {
  fc.assert(
    fc.property(anyText, (text) => {
      const split = inTokens(text, mode, libraries);
      const pieces = [...split.pieces()];
      expect(pieces.join('')).toBe(text);
      expect(pieces).toHaveLength(split.tokens);
    }),
  );
});

test.each(['estimate', 'exact'] as const)('a text can be cut at any token and at any character: %s', (mode) => {
  fc.assert(
    fc.property(anyText, fc.nat(300), (text, at) => {
      const whole = inTokens(text, mode, libraries);
      const byTokens = firstTokens(whole, at);
      expect(byTokens.tokens).toBe(Math.min(at, whole.tokens));
      expect([...byTokens.pieces()]).toEqual([...whole.pieces()].slice(0, at));
      expect([...byTokens.pieces()].join('')).toBe(byTokens.text);
      const byCharacters = firstCharacters(whole, at);
      expect(byCharacters.text).toBe(text.slice(0, at));
      expect([...byCharacters.pieces()].join('')).toBe(byCharacters.text);
      expect([...byCharacters.pieces()]).toHaveLength(byCharacters.tokens);
    }),
  );
});

test('texts put together keep their pieces, and can be read more than once', () => {
  const both = concatenated([tokenText(['a', 'b']), tokenText([' c'])]);
  expect(both).toMatchObject({ text: 'ab c', tokens: 3 });
  expect([...both.pieces()]).toEqual(['a', 'b', ' c']);
  expect([...both.pieces()]).toEqual(['a', 'b', ' c']);
});

test('a million hostile characters are estimated in linear time', () => {
  for (const text of [' '.repeat(1e6), 'a'.repeat(1e6), '\n \t'.repeat(3e5), '!'.repeat(1e6), '\u0301'.repeat(1e6)]) {
    const cpuMs = stopwatch();
    expect(inTokens(text, 'estimate', libraries).tokens).toBeGreaterThan(1_000);
    expect(cpuMs()).toBeLessThan(2_000);
  }
});
