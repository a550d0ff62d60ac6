import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chatRules } from '../../../../src/core/openai/validation/chat-rules.ts';
import { refusal } from '../../../support/refusal.ts';
import { anyValue, sample, type Violation, violations } from '../../../support/violations.ts';

/** A model of which nothing is known refuses nothing. */
const MODEL = 'my-model';

const rules = Object.entries(chatRules.fields).filter(([name]) => name !== 'model');

/** Every request that is wrong in one place. */
const broken: readonly (Violation & { readonly field: string })[] = rules.flatMap(([field, rule]) =>
  violations(rule, field).map((violation) => ({ ...violation, field })),
);

test('the table has more than a thousand ways to be broken', () => {
  expect(broken.length).toBeGreaterThan(1_000);
});

test.each(rules)('%s is refused whatever is wrong with it', (name) => {
  const found = broken.filter(({ field }) => field === name);
  for (const { field, path, value, code } of found) {
    const answer = refusal({ model: MODEL, [field]: value });
    expect({ status: answer?.status, layer: answer?.layer, ...answer?.error }).toMatchObject({
      status: 400,
      layer: 'api',
      type: 'invalid_request_error',
      param: path,
      code,
    });
  }
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
    { numRuns: 300, seed: 1 },
  );
});

test('a valid request with one field broken is refused for that field', () => {
  fc.assert(
    fc.property(validRequest, fc.constantFrom(...broken), (request, { field, path, value, code }) => {
      expect(refusal({ ...request, [field]: value })?.error).toMatchObject({ param: path, code });
    }),
    { numRuns: 300, seed: 2 },
  );
});

test.each(rules.filter(([, { nullable }]) => nullable === true))('%s may be null', (name) => {
  expect(refusal({ model: MODEL, [name]: null })).toBeUndefined();
});

test.each(['temperature', 'n', 'user', 'stop', 'seed', 'metadata', 'service_tier'])('%s may be given', (name) => {
  const rule = chatRules.fields[name];
  if (rule === undefined) throw new Error('not in the table');
  expect(refusal({ [name]: sample(rule) })).toBeUndefined();
});
