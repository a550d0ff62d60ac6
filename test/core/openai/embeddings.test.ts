import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64 } from '../../../src/core/text/base64.ts';
import { errorOf } from '../../support/apply-fault.ts';
import { ask } from '../../support/ask.ts';
import { stopwatch } from '../../support/cpu-time.ts';
import { headerOf } from '../../support/effects.ts';

interface Embeddings {
  readonly data: { embedding: number[]; index: number }[];
  readonly model: string;
  readonly usage: { prompt_tokens: number; total_tokens: number };
}

const SMALL = 'text-embedding-3-small';
const post = (body: object) => ask({ path: '/v1/embeddings', body: { model: SMALL, ...body } });
const embed = (body: object) => JSON.parse(post(body).text) as Embeddings;
const lengthOf = (vector: readonly number[]) => Math.hypot(...vector);

test('floats are one line, the keys in the order of 2026', () => {
  const { text } = post({ input: 'Hello, world', dimensions: 2 });
  expect(text.replaceAll(/-?\d\.\d+/g, 'x')).toBe(
    `{"object":"list","data":[{"object":"embedding","embedding":[x,x],"index":0}],"model":"${SMALL}","usage":{"prompt_tokens":3,"total_tokens":3}}`,
  );
});

test('base64 is printed, and carries the same numbers', () => {
  const { text } = post({ input: 'Hello', dimensions: 2, encoding_format: 'base64' });
  expect(text).toMatch(/^\{\n {2}"object": "list",\n {2}"data": \[\n {4}\{\n {6}"object": "embedding",\n/);
  expect(text).toMatch(/\n\}\n$/);
  const [entry] = (JSON.parse(text) as { data: { embedding: string }[] }).data;
  const bytes = Buffer.from(entry?.embedding ?? '', 'base64');
  const floats = [bytes.readFloatLE(0), bytes.readFloatLE(4)];
  expect(embed({ input: 'Hello', dimensions: 2 }).data[0]?.embedding.map(Math.fround)).toEqual(floats);
});

test('base64 is that of everyone else', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(Buffer.from(base64(bytes)).toString()).toBe(Buffer.from(bytes).toString('base64'));
    }),
  );
});

test.each([
  [SMALL, 1536],
  ['text-embedding-3-large', 3072],
  ['text-embedding-ada-002', 1536],
])('%s has %d dimensions, in a vector of length 1', (model, dimensions) => {
  const [entry] = embed({ model, input: 'Hello' }).data;
  expect(entry?.embedding).toHaveLength(dimensions);
  expect(lengthOf(entry?.embedding ?? [])).toBeCloseTo(1, 5);
});

test('equal inputs have equal vectors, others have others', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }), (input) => {
      const { data } = embed({ input: [...input, ...input], dimensions: 8 });
      const vectors = data.map(({ embedding }) => JSON.stringify(embedding));
      expect(vectors.slice(input.length)).toEqual(vectors.slice(0, input.length));
      expect(new Set(vectors).size).toBe(input.length);
      expect(data.map(({ index }) => index)).toEqual(vectors.map((_, i) => i));
      expect(embed({ input: input[0], dimensions: 8 }).data[0]?.embedding).toEqual(data[0]?.embedding);
    }),
    { numRuns: 20 },
  );
});

test('fewer dimensions are the first of all, of length 1 again', () => {
  const of = (dimensions: number) => embed({ input: 'Hello', dimensions }).data[0]?.embedding ?? [];
  const [few, many] = [of(16), of(256)];
  expect(lengthOf(few)).toBeCloseTo(1, 5);
  const scale = lengthOf(many.slice(0, 16));
  for (const [i, value] of few.entries()) expect((many[i] ?? 0) / scale).toBeCloseTo(value, 5);
});

test.each([
  [['one', 'two'], 2, 2],
  [[1, 2, 3], 1, 3],
  [[[1, 2], [3]], 2, 3],
])('the inputs %j are %d, of %d tokens', (input, count, tokens) => {
  const { data, usage } = embed({ input, dimensions: 2 });
  expect(data).toHaveLength(count);
  expect(usage).toEqual({ prompt_tokens: tokens, total_tokens: tokens });
});

test('a quarter of the characters is drawn from the rate limit', () => {
  const reply = post({ input: 'x'.repeat(43) });
  const [limit, remaining] = ['limit', 'remaining'].map((name) => Number(headerOf(reply, `x-ratelimit-${name}-tokens`)));
  expect((limit ?? 0) - (remaining ?? 0)).toBe(10);
});

test('the same request has the same bytes', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.constantFrom('float', 'base64'), (input, encoding_format) => {
      const body = { input: [input, 'b'], encoding_format, dimensions: 64 };
      expect(post(body).text).toBe(post(body).text);
    }),
    { numRuns: 20 },
  );
});

test.each([1, 2, 3])('a vector of %d dimensions is JSON in both forms', (dimensions) => {
  for (let i = 0; i < 50; i++) {
    const [entry] = embed({ input: `text ${i}`, dimensions }).data;
    expect(entry?.embedding).toHaveLength(dimensions);
    expect(lengthOf(entry?.embedding ?? [])).toBeCloseTo(1, 6);
  }
});

test('as many vectors as a request may ask for are made one at a time, and quickly', () => {
  const input = Array.from({ length: 2_048 }, (_, i) => `text ${i}`);
  const cpuTime = stopwatch();
  const { effects } = post({ model: 'text-embedding-3-large', input });
  expect(cpuTime()).toBeLessThan(4_000);
  const sizes = effects.map((effect) => (effect.type === 'write' ? effect.data.length : 0));
  expect(Math.max(...sizes)).toBeLessThan(64 * 1024);
});

test('an embedding waits for its first token only', () => {
  const constant = (ms: number) => ({ kind: 'constant', ms }) as const;
  const latency = { ttft: constant(300), interToken: constant(20) };
  const parts = { path: '/v1/embeddings', body: { model: SMALL, input: 'Hi' } };
  expect(ask(parts, {}, { latency }).effects[0]).toEqual({ type: 'wait', ms: 300 });
});

test.each<[object, string | null, string | RegExp]>([
  [{}, 'missing_required_parameter', "Missing required parameter: 'input'."],
  [{ input: 7 }, 'invalid_type', "Invalid type for 'input': expected one of a string or array, but got an integer instead."],
  [
    { input: ['a', {}] },
    'invalid_type',
    "Invalid type for 'input[1]': expected one of a string or array of integers, but got an object instead.",
  ],
  [
    { input: [] },
    'empty_array',
    "Invalid 'input': empty array. Expected an array with minimum length 1, but got an empty array instead.",
  ],
  [
    { input: Array.from({ length: 2_049 }, () => 'a') },
    'array_above_max_length',
    "Invalid 'input': array too long. Expected an array with maximum length 2048, but got an array with length 2049 instead.",
  ],
  [{ input: '' }, null, "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference."],
  [{ input: ['a', ''] }, null, /^'\$\.input' is invalid/],
  [
    { input: [3, -1] },
    'integer_below_min_value',
    "Invalid 'input[1]': integer below minimum value. Expected a value >= 0, but got -1 instead.",
  ],
  [{ input: 'a'.repeat(4 * 8_193) }, null, "Invalid 'input[0]': maximum input length is 8192 tokens."],
  [{ input: ['a', Array(8_193).fill(1)], model: 'text-embedding-ada-002' }, null, /^Invalid 'input\[1\]': maximum input length/],
  [
    { input: Array(40).fill('a'.repeat(4 * 7_501)) },
    'max_tokens_per_request',
    'Requested 300040 tokens, max 300000 tokens per request',
  ],
  [{ input: 'a', user: 1 }, 'invalid_type', "Invalid type for 'user': expected a string, but got an integer instead."],
  [{ input: 'a', input_type: 'query' }, null, 'Unrecognized request argument supplied: input_type'],
  [{ input: 'a', encoding_format: 'hex' }, 'invalid_value', "Invalid value: 'hex'. Supported values are: 'float' and 'base64'."],
  [
    { input: 'a', encoding_format: 1 },
    'invalid_type',
    "Invalid type for 'encoding_format': expected a string, but got an integer instead.",
  ],
  [
    { input: 'a', dimensions: 0 },
    'integer_below_min_value',
    "Invalid 'dimensions': integer below minimum value. Expected a value >= 1, but got 0 instead.",
  ],
  [
    { input: 'a', dimensions: 1.5 },
    'invalid_type',
    "Invalid type for 'dimensions': expected an integer, but got a decimal instead.",
  ],
  [
    { input: 'a', dimensions: 1_537 },
    'integer_above_max_value',
    "Invalid 'dimensions': integer above maximum value. Expected a value <= 1536, but got 1537 instead.",
  ],
  [{ input: 'a', dimensions: 10, model: 'text-embedding-ada-002' }, null, 'This model does not support specifying dimensions.'],
])('%# is refused as %s', (body, code, message) => {
  const reply = post(body);
  expect(reply.head?.status).toBe(400);
  const type = code === 'max_tokens_per_request' ? code : 'invalid_request_error';
  const found = errorOf(reply);
  expect(found).toMatchObject({ code, type });
  if (typeof message === 'string') expect(found['message']).toBe(message);
  else expect(found['message']).toMatch(message);
});

test.each([
  ['gpt-4o', 403],
  ['davinci-002', 403],
  ['omni-moderation-latest', 403],
  ['my-model', 200],
])('%s is asked for an embedding: %d', (model, status) => {
  const reply = post({ model, input: 'a' });
  expect(reply.head?.status).toBe(status);
  if (status === 200) return;
  expect(errorOf(reply)).toEqual({
    message: 'You are not allowed to generate embeddings from this model',
    type: 'invalid_request_error',
    param: null,
    code: null,
  });
});

test.each([[{ input: 'a'.repeat(4 * 8_192) }], [{ input: Array(8_192).fill(1) }], [{ input: ['a', [1], 'b'] }]])(
  '%# is taken',
  (body) => {
    expect(post({ dimensions: 2, ...body }).head?.status).toBe(200);
  },
);
