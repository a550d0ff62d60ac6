import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chatRules } from '../../../../src/core/openai/endpoints/chat/chat-rules.ts';
import { completionRules } from '../../../../src/core/openai/endpoints/completions/completion-rules.ts';
import { embeddingRules } from '../../../../src/core/openai/endpoints/embeddings/embedding-rules.ts';
import { moderationRules } from '../../../../src/core/openai/endpoints/moderations/moderation-rules.ts';
import type { ObjectRule } from '../../../../src/core/openai/validation/rule.ts';
import { propertyRuns } from '../../../support/property-runs.ts';
import { refusal, refusalOf } from '../../../support/refusal.ts';
import { anyValue, sample, type Violation, violations } from '../../../support/violations.ts';

/** A model of which nothing is known refuses nothing. */
const MODEL = 'my-model';

/** Every table, where it holds, and a request that keeps to it. */
const tables = [
  { path: '/v1/chat/completions', table: chatRules, valid: { messages: [{ role: 'user', content: 'Hello' }] } },
  { path: '/v1/completions', table: completionRules, valid: { prompt: 'Hello' } },
  { path: '/v1/embeddings', table: embeddingRules, valid: { input: 'Hello' } },
  { path: '/v1/moderations', table: moderationRules, valid: { input: 'Hello' } },
];

const fieldsOf = (table: ObjectRule) => Object.entries(table.fields).filter(([name]) => name !== 'model');

/** Every request that is wrong in one place. */
const brokenIn = (table: ObjectRule): readonly (Violation & { readonly field: string })[] =>
  fieldsOf(table).flatMap(([field, rule]) => violations(rule, field).map((violation) => ({ ...violation, field })));

const rules = fieldsOf(chatRules);
const broken = brokenIn(chatRules);

test('the tables have more than a thousand ways to be broken', () => {
  expect(broken.length).toBeGreaterThan(1_000);
  expect(brokenIn(completionRules).length).toBeGreaterThan(100);
});

const everyField = tables.flatMap((row) => fieldsOf(row.table).map(([name, rule]) => ({ ...row, name, rule })));

test.each(everyField)('$path: $name is refused whatever is wrong with it', ({ path: at, table, valid, name }) => {
  const found = brokenIn(table).filter(({ field }) => field === name);
  expect(found).not.toEqual([]);
  for (const { path, value, code } of found) {
    const answer = refusalOf({ path: at, body: { model: MODEL, ...valid, [name]: value } });
    expect({ status: answer?.status, layer: answer?.layer, ...answer?.error, value }).toMatchObject({
      status: 400,
      layer: 'api',
      type: 'invalid_request_error',
      param: path,
      code,
    });
  }
});

test.each(tables)('$path: what is required is asked for, and what is unknown is refused', ({ path, table, valid }) => {
  for (const name of table.required ?? []) {
    const { [name]: _missing, ...body } = { model: MODEL, ...valid } as Record<string, unknown>;
    expect(refusalOf({ path, body })?.error).toMatchObject({ code: 'missing_required_parameter', param: name });
  }
  expect(refusalOf({ path, body: { model: MODEL, ...valid, unheard_of: 1 } })?.error?.message).toBe(
    path === '/v1/moderations' ? "Unknown parameter: 'unheard_of'." : 'Unrecognized request argument supplied: unheard_of',
  );
  expect(refusalOf({ path, body: { model: MODEL, ...valid } })).toBeUndefined();
});

type Fields = Record<string, unknown>;

/** Fields that need others get them, or go. */
function consistent(fields: Fields): Fields {
  const result = { ...fields };
  const drop = (...names: string[]) => {
    for (const name of names) delete result[name];
  };
  drop('web_search_options');
  if (result['stream'] !== true) drop('stream_options');
  if (result['logprobs'] !== true) drop('top_logprobs');
  if (typeof result['max_tokens'] === 'number') drop('max_completion_tokens');
  if (result['audio'] === null || result['audio'] === undefined) drop('modalities');
  if (result['tools'] === undefined) drop('tool_choice', 'parallel_tool_calls');
  if (result['functions'] === undefined) drop('function_call');
  if (Number(result['best_of'] ?? 0) > 0) drop('n');
  return result;
}

const text = fc.string({ maxLength: 40 });
const id = fc.stringMatching(/^[a-z0-9]{1,20}$/);

const turn = fc.oneof(
  fc.record({ role: fc.constantFrom('system', 'user', 'assistant', 'developer'), content: text }).map((said) => [said]),
  fc
    .record({
      role: fc.constant('user'),
      content: fc.array(
        text.map((each) => ({ type: 'text', text: each })),
        { minLength: 1 },
      ),
    })
    .map((said) => [said]),
  fc.uniqueArray(id, { minLength: 1, maxLength: 3 }).chain((ids) =>
    fc.shuffledSubarray(ids, { minLength: ids.length }).map((answered) => [
      {
        role: 'assistant',
        content: null,
        tool_calls: ids.map((each) => ({ id: each, type: 'function', function: { name: 'f', arguments: '{}' } })),
      },
      ...answered.map((each) => ({ role: 'tool', tool_call_id: each, content: 'done' })),
    ]),
  ),
);

const conversation = fc
  .array(turn, { maxLength: 4 })
  .map((turns) => [{ role: 'user', content: 'Say it in JSON.' }, ...turns.flat()]);

const validRequest = fc
  .record(Object.fromEntries(rules.map(([name, rule]) => [name, name === 'messages' ? conversation : anyValue(rule, name)])), {
    requiredKeys: ['messages'],
  })
  .map((fields) => ({ model: MODEL, ...consistent(fields as Fields) }));

test('a request that keeps to the table is answered', () => {
  fc.assert(
    fc.property(validRequest, (request) => {
      expect(refusal(request)).toBeUndefined();
    }),
    { numRuns: propertyRuns(100), seed: 1 },
  );
});

test.each(tables.slice(1))('$path: a request that keeps to the table is answered', ({ path, table, valid }) => {
  const any = fc.record(Object.fromEntries(fieldsOf(table).map(([name, rule]) => [name, anyValue(rule, name)])), {
    requiredKeys: [],
  });
  fc.assert(
    fc.property(any, (fields) => {
      expect(refusalOf({ path, body: { model: MODEL, ...valid, ...consistent(fields as Fields) } })).toBeUndefined();
    }),
    { numRuns: propertyRuns(70), seed: 1 },
  );
});

test('a valid request with one field broken is refused for that field', () => {
  fc.assert(
    fc.property(validRequest, fc.constantFrom(...broken), (request, { field, path, value, code }) => {
      expect(refusal({ ...request, [field]: value })?.error).toMatchObject({ param: path, code });
    }),
    { numRuns: propertyRuns(100), seed: 2 },
  );
});

test.each(everyField.filter(({ rule }) => rule.nullable === true))('$path: $name may be null', ({ path, valid, name }) => {
  expect(refusalOf({ path, body: { model: MODEL, ...valid, [name]: null } })).toBeUndefined();
});

test.each(['temperature', 'n', 'user', 'stop', 'seed', 'metadata', 'service_tier'])('%s may be given', (name) => {
  const rule = chatRules.fields[name];
  if (rule === undefined) throw new Error('not in the table');
  expect(refusal({ [name]: sample(rule) })).toBeUndefined();
});
