import { expect, test } from 'vitest';
import { modelOf } from '../../../src/core/openai/request/request.ts';
import { errorOf } from '../../support/apply-fault.ts';
import { ask } from '../../support/ask.ts';
import { headerOf } from '../../support/effects.ts';
import { apiRequest } from '../../support/reply-context.ts';

interface Moderations {
  readonly id: string;
  readonly model: string;
  readonly results: {
    flagged: boolean;
    categories: Record<string, boolean>;
    category_scores: Record<string, number>;
    category_applied_input_types: Record<string, string[]>;
  }[];
}

const post = (body: object, reply = {}) => ask({ path: '/v1/moderations', body }, reply);
const moderate = (body: object, reply = {}) => JSON.parse(post(body, reply).text) as Moderations;

test('an input is harmless in every category', () => {
  const { id, model, results } = moderate({ input: 'Hello' });
  expect(id).toMatch(/^modr-\d{4}$/);
  expect(model).toBe('omni-moderation-latest');
  expect(results).toHaveLength(1);
  const [{ flagged, categories, category_scores: scores, category_applied_input_types: types }] = results as [
    Moderations['results'][0],
  ];
  expect(Object.keys(results[0] ?? {})).toEqual(['flagged', 'categories', 'category_scores', 'category_applied_input_types']);
  expect(flagged).toBe(false);
  expect(Object.values(categories)).toEqual(Array.from({ length: 13 }, () => false));
  expect(Object.keys(scores)).toEqual(Object.keys(categories));
  for (const score of Object.values(scores)) expect(score).toBeLessThan(0.001);
  expect(Object.values(types)).toEqual(Array.from({ length: 13 }, () => ['text']));
});

test('the body is JSON of two spaces without a newline at the end', () => {
  const { text } = post({ input: 'Hello' });
  expect(text).toMatch(/^\{\n {2}"id": "modr-\d{4}",\n {2}"model": "omni-moderation-latest",\n {2}"results": \[\n/);
  expect(text.endsWith('\n  ]\n}')).toBe(true);
});

test('the scenario may flag', () => {
  const [result] = moderate({ input: 'Hello' }, { flagged: ['violence'] }).results;
  expect(result?.flagged).toBe(true);
  expect(result?.categories).toMatchObject({ violence: true, hate: false });
  expect(result?.category_scores['violence']).toBeGreaterThan(0.5);
  expect(result?.category_scores['hate']).toBeLessThan(0.001);
});

test('there is a result for each text, equal for equal ones, and one for content parts together', () => {
  const { results } = moderate({ input: ['a', 'b', 'a'] });
  expect(results).toHaveLength(3);
  expect(results[0]).toEqual(results[2]);
  expect(results[0]).not.toEqual(results[1]);
  const parts = [
    { type: 'text', text: 'a' },
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
  ];
  const [together, ...others] = moderate({ input: parts }).results;
  expect(others).toEqual([]);
  expect(together?.category_applied_input_types).toMatchObject({ violence: ['text', 'image'], hate: ['text'] });
  expect(moderate({ input: parts.slice(1) }).results[0]?.category_applied_input_types).toMatchObject({
    violence: ['image'],
    hate: [],
  });
});

test.each([
  [{}, 'missing_required_parameter', "Missing required parameter: 'input'."],
  [{ input: 7 }, 'invalid_type', "Invalid type for 'input': expected one of a string or array, but got an integer instead."],
  [
    { input: [] },
    'empty_array',
    "Invalid 'input': empty array. Expected an array with minimum length 1, but got an empty array instead.",
  ],
  [
    { input: ['a', 1] },
    'invalid_type',
    "Invalid type for 'input[1]': expected one of a string or object, but got an integer instead.",
  ],
  [{ input: [{ type: 'text' }] }, 'missing_required_parameter', "Missing required parameter: 'input[0].text'."],
  [{ input: 'a', user: 'me' }, 'unknown_parameter', "Unknown parameter: 'user'."],
])('%j is refused as %s', (body, code, message) => {
  expect(errorOf(post(body))).toMatchObject({ code, message });
});

test('a request that names no model is one of the default model', () => {
  expect(modelOf(apiRequest({ path: '/v1/moderations', body: { input: 'Hi' } }))).toBe('omni-moderation-latest');
  expect(modelOf(apiRequest({ path: '/v1/embeddings', body: { input: 'Hi' } }))).toBeUndefined();
});

test('no gateway stands before: every error is one of the API', () => {
  const reply = ask({ path: '/v1/moderations', body: { input: 'Hi' }, key: undefined });
  expect(reply.head?.status).toBe(401);
  expect(reply.text).toMatch(/^\{\n {2}"error": \{\n {4}"message": "You didn't/);
  expect(reply.text.endsWith('\n  }\n}')).toBe(true);
  expect(headerOf(reply, 'content-type')).toBe('application/json');
  expect(headerOf(reply, 'openai-version')).toBe('2020-10-01');
  expect(headerOf(reply, 'openai-organization')).toBeUndefined();
});
