import { expect, test } from 'vitest';
import { openai } from '../../../../src/core/openai/dialects/openai/dialect.ts';
import { errorText } from '../../../../src/core/openai/errors/error.ts';
import { utf8Length } from '../../../../src/core/text/utf8.ts';
import { refusal, refusalOf } from '../../../support/refusal.ts';

test.each([['application/json'], ['application/json; charset=utf-8'], ['Application/JSON;charset=UTF-8']])(
  'the content type %s is taken',
  (contentType) => {
    expect(refusalOf({ headers: { 'content-type': contentType } })).toBeUndefined();
  },
);

test('a request that does not name its content type is taken for JSON', () => {
  const unnamed = { 'content-type': undefined } as unknown as Record<string, string>;
  expect(refusalOf({ headers: unnamed })).toBeUndefined();
});

test('a form is a request without a model', () => {
  expect(refusalOf({ headers: { 'content-type': 'application/x-www-form-urlencoded' } })?.error?.message).toBe(
    'you must provide a model parameter',
  );
});

test.each(['multipart/form-data', 'text/plain;charset=UTF-8', 'application/jsonl', ''])(
  'the content type "%s" is refused with a 400',
  (contentType) => {
    expect(refusalOf({ headers: { 'content-type': contentType } })).toMatchObject({
      status: 400,
      layer: 'gateway',
      error: { param: null, code: 'unsupported_content_type' },
    });
  },
);

test('what is wrong with the key comes before what is wrong with the body', () => {
  expect(refusalOf({ key: undefined, headers: { 'content-type': 'text/plain' }, body: 7 })?.status).toBe(401);
  expect(refusalOf({ body: 7 })?.error?.message).toBe('you must provide a model parameter');
  expect(refusalOf({ method: 'PUT' })?.status).toBe(404);
});

test('models outside of the list are unknown, or retired where that was seen', () => {
  expect(refusal({ model: 'gpt-3.5-turbo-0613' }, { models: 'listed' })?.error).toMatchObject({
    message: 'The model `gpt-3.5-turbo-0613` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations',
    code: 'model_not_found',
  });
  expect(refusal({ model: 'gpt-3.5-turbo-0613' })).toBeUndefined();
  // Its shutdown date is past.
  expect(refusal({ model: 'gpt-4' }, { models: 'listed' })).toBeUndefined();
});

test.each([
  [231, refusal({ model: 'not-found-TEST_CHAT_MODEL' }, { models: 'listed' })],
  [272, refusalOf({ key: 'bad-key-aaaaaaaaaatest' }, { auth: ['sk'] })],
])('%i bytes, as in captures', (bytes, answer) => {
  expect(answer && utf8Length(errorText(answer, openai))).toBe(bytes);
});

const words = (tokens: number) => [{ role: 'user', content: 'abcd'.repeat(tokens - 6) }];
const overflow = (fields: object, rules = {}) => refusal(fields, rules)?.error;

test.each([
  [
    '400-21',
    { model: 'gpt-4-0613', messages: words(8_193) },
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 8193 tokens. Please reduce the length of the messages.",
    'messages',
  ],
  [
    '400-22',
    { model: 'gpt-4o', messages: words(128_000), tools: [{ type: 'function', function: { name: 'f' } }] },
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 128013 tokens (128000 in the messages, 13 in the functions). Please reduce the length of the messages or functions.",
    'messages',
  ],
  [
    '400-23',
    { model: 'gpt-4', messages: words(64), max_tokens: 8_192 },
    "This model's maximum context length is 8192 tokens. However, you requested 8256 tokens (64 in the messages, 8192 in the completion). Please reduce the length of the messages or completion.",
    'messages',
  ],
  [
    '400-24',
    {
      model: 'gpt-5',
      messages: [...words(200_001), ...words(72_003)],
    },
    'Your input exceeds the context window of this model. Please adjust your input and try again.',
    'input',
  ],
])('wire.md %s is said of a request that does not fit', (_row, fields, message, param) => {
  expect(overflow(fields)).toEqual({ message, type: 'invalid_request_error', param, code: 'context_length_exceeded' });
});

test('a request that fills the window is taken', () => {
  expect(overflow({ model: 'gpt-4', messages: words(8_192) })).toBeUndefined();
  expect(overflow({ model: 'gpt-4', messages: words(64), max_tokens: 8_128 })).toBeUndefined();
});

test('a model of the scenario has its own window and length', () => {
  const models = [{ id: 'mine', contextWindow: 100, maxOutputTokens: 20 }];
  expect(overflow({ model: 'mine', messages: words(100) }, { models })).toBeUndefined();
  expect(overflow({ model: 'mine', messages: words(101) }, { models })?.message).toContain(
    'maximum context length is 100 tokens',
  );
  expect(overflow({ model: 'mine', max_tokens: 21 }, { models })?.message).toContain('supports at most 20 completion tokens');
});

test('exact tokens are counted only when the request could be too long', () => {
  const never = () => {
    throw new Error('counted');
  };
  expect(refusal({}, { tokens: 'exact', promptTokens: never })).toBeUndefined();
  const models = [{ id: 'mine', contextWindow: 100 }];
  const content = ' hello'.repeat(90);
  expect(overflow({ model: 'mine', messages: [{ role: 'user', content }] }, { models, tokens: 'exact' })).toBeUndefined();
  expect(overflow({ model: 'mine', messages: [{ role: 'user', content }] }, { models })?.code).toBe('context_length_exceeded');
});
