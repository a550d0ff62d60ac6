import { expect, test } from 'vitest';
import { openai } from '../../../../../src/core/openai/dialects/openai/dialect.ts';
import { responsesChecks } from '../../../../../src/core/openai/endpoints/responses/responses-checks.ts';
import { responsesError } from '../../../../../src/core/openai/endpoints/responses/responses-error.ts';
import { responsesRules } from '../../../../../src/core/openai/endpoints/responses/responses-rules.ts';
import { type ErrorAnswer, errorText } from '../../../../../src/core/openai/errors/error.ts';
import { requestedModelNotFound } from '../../../../../src/core/openai/errors/errors.ts';
import { modelNamed } from '../../../../../src/core/openai/models/models.ts';
import { utf8Length } from '../../../../../src/core/text/utf8.ts';
import { libraries } from '../../../../../src/libraries.ts';
import { violations } from '../../../../support/violations.ts';
import { fieldSamples } from './samples/field-samples.ts';
import { inputSamples } from './samples/input-samples.ts';
import { call, type Golden, item, type Measured, on, output, reasoning, schema, VALID } from './samples/sample.ts';

/** What the API has against these fields, by default of a request to a model of which nothing is known. */
function refusal(
  fields: object,
  { isServed = true, bodyBytes = 100, promptTokens = 10 }: Measured = {},
): ErrorAnswer | undefined {
  const asked = fields as Record<string, unknown>;
  return responsesError(asked, {
    model: modelNamed(typeof asked['model'] === 'string' ? asked['model'] : ''),
    isServed,
    bodyBytes,
    libraries,
    promptTokens: () => promptTokens,
    inputTokens: () => promptTokens,
    textTokens: () => promptTokens,
  });
}

const golden: readonly Golden[] = [...inputSamples, ...fieldSamples];

const samples = golden.map(([check, text, fields, message, param, code, { status = 400, ...measured } = {}]) => ({
  ...{ check, text, fields, message, param, code, status, measured },
}));

test.each(samples)('$check: $text', ({ fields, message, param, code, status, measured }) => {
  const answer = refusal(fields, measured);
  expect({ status: answer?.status, layer: answer?.layer, ...answer?.error }).toEqual({
    status,
    layer: 'api',
    message,
    type: 'invalid_request_error',
    param,
    code,
  });
});

const texts = responsesChecks.flatMap(({ name, texts: of }) =>
  Object.entries(of).map(([text, evidence]) => ({ name, text, evidence })),
);

test.each(texts.filter(({ evidence }) => evidence !== 'unverified'))(
  '$name: $text ($evidence) has a sample',
  ({ name, text }) => {
    expect(golden.filter((row) => row[0] === name && row[1] === text)).not.toEqual([]);
  },
);

test('a sample is of a text that the table has, and of one that is not unverified', () => {
  for (const [check, text] of golden)
    expect(texts.find((row) => row.name === check && row.text === text)?.evidence).not.toBeOneOf([undefined, 'unverified']);
});

test('the lengths of bodies are those that were captured', () => {
  const length = (answer: ErrorAnswer | undefined) => answer && utf8Length(errorText(answer, openai));
  const sample = (check: string) => {
    const [, , fields = {}, , , , measured] = golden.find((row) => row[0] === check) ?? [];
    return length(refusal(fields, measured));
  };
  expect(length(requestedModelNotFound('this-model-does-not-exist'))).toBe(191);
  expect(length(requestedModelNotFound('invalid-model'))).toBe(179);
  expect(sample('context window')).toBe(228);
  expect(sample('text: schema')).toBe(273);
  expect(sample('tools: schemas')).toBe(327);
  expect(length(refusal(item(reasoning(`rs_${'0'.repeat(48)}`))))).toBe(243);
});

/** The place of the check that a sample is of. */
const placeOf = ([check]: Golden) => responsesChecks.findIndex(({ name }) => name === check);
/** The fields that a sample has otherwise than the valid request, with those that it leaves out. */
const own = ([, , fields]: Golden): Record<string, unknown> => {
  const all = { ...Object.fromEntries(Object.keys(VALID).map((name) => [name, undefined])), ...fields };
  return Object.fromEntries(Object.entries(all).filter(([name, given]) => given !== (VALID as Record<string, unknown>)[name]));
};

/** Fields with which a request may do without a model or an input. */
const STANDS_IN = ['prompt', 'previous_response_id', 'conversation'];

/** A request that is wrong in both ways; undefined where one of them needs what the other has. */
function wrongInBoth(one: Golden, other: Golden): object | undefined {
  const [first, second] = [own(one), own(other)];
  if (one[1] === 'missing' && STANDS_IN.some((name) => Object.hasOwn(second, name))) return undefined;
  if (Object.keys(first).some((name) => Object.hasOwn(second, name))) return undefined;
  const all = Object.entries({ ...VALID, ...first, ...second });
  return Object.fromEntries(all.filter(([, given]) => given !== undefined));
}

/** What may have been meant depends on the other fields. */
const withoutHint = (message: string | undefined) => message?.replace(/ Did you mean .*/, '');

test('of two things that are wrong, the earlier in the order of the API is told', () => {
  const broken: unknown[] = [];
  let compared = 0;
  for (const earlier of golden) {
    for (const later of golden) {
      const both = placeOf(earlier) < placeOf(later) ? wrongInBoth(earlier, later) : undefined;
      if (both === undefined) continue;
      compared += 1;
      const told = refusal(both, { ...later[6], ...earlier[6] })?.error?.message;
      if (withoutHint(told) !== withoutHint(earlier[3])) broken.push([earlier[0], later[0], told]);
    }
  }
  expect(broken).toEqual([]);
  expect(compared).toBeGreaterThan(1_000);
});

test.each(Object.entries(responsesRules.fields))('%s is refused whatever is wrong with it', (name, rule) => {
  const found = violations(rule, name).filter(({ isNull }) => isNull !== true);
  expect(found).not.toEqual([]);
  for (const { path, value: given, code } of found) {
    const answer = refusal({ ...VALID, [name]: given });
    expect({ ...answer?.error, given }).toMatchObject({ type: 'invalid_request_error', param: path, code });
  }
});

test.each(Object.keys(responsesRules.fields).filter((name) => name !== 'input'))('%s may be null', (name) => {
  expect(refusal({ ...VALID, [name]: null })).toBeUndefined();
});

test.each<[string, object]>([
  ['a temperature of 1', on('gpt-5.6-terra', { temperature: 1 })],
  [
    'sampling of a model that is told not to reason',
    on('gpt-5.2', { reasoning: { effort: 'none' }, top_p: 0.5, temperature: 0 }),
  ],
  ['sampling of a model that does not reason', on('gpt-4o', { temperature: 0.2, top_p: 0.5, top_logprobs: 2 })],
  ['a schema that is not strict', on('gpt-4o', { tools: [{ type: 'function', name: 'f', parameters: schema }] })],
  ['parallel calls with their outputs', item(call('a'), call('b'), output('b'), output('a'))],
  ['reasoning before a call', item(reasoning('rs_x'), { ...call('a'), id: 'fc_x' }, output('a'))],
  [
    'sealed reasoning that comes last, as of a stream that broke off',
    item({ ...reasoning('rs_x'), encrypted_content: 'gAAAAAB' }),
  ],
  ['an output to an earlier call', { model: 'm', previous_response_id: 'resp_x', input: [output('a')] }],
  ['an item that is meant by its id', item({ type: 'item_reference', id: 'msg_x' }, output('a'))],
  ['a stored prompt without model and input', { prompt: { id: `pmpt_${'0'.repeat(48)}` } }],
  ['an empty input after another response', { model: 'm', previous_response_id: 'resp_x', input: [] }],
  ['tokens within the window', on('gpt-5-nano')],
])('%s is accepted', (_what, fields) => {
  expect(refusal(fields)).toBeUndefined();
});

test('what Codex sends is accepted', () => {
  expect(
    refusal({
      model: 'gpt-5.3-codex',
      instructions: '',
      input: [
        {
          type: 'message',
          role: 'developer',
          id: 'msg_0195f3c2-7b1e-7a55-9d58-6ab6cf2b8d11',
          content: [{ type: 'input_text', text: 'x' }],
        },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x' }] },
        { type: 'reasoning', summary: [], encrypted_content: 'gAAAAABm0123456789-_=' },
        { type: 'message', role: 'assistant', phase: 'commentary', content: [{ type: 'output_text', text: 'x' }] },
        { type: 'function_call', id: 'fc_1', name: 'exec_command', namespace: 'shell', arguments: '{}', call_id: 'call_1' },
        { type: 'function_call_output', id: 'fco_0195f3c2-7b1e-7a55', call_id: 'call_1', output: 'done' },
        {
          type: 'message',
          role: 'user',
          content: [{ type: 'input_text', text: 'x' }],
          internal_chat_message_metadata_passthrough: { turn_id: '1' },
          metadata: { turn_id: '1' },
        },
      ],
      tools: [
        {
          type: 'function',
          name: 'exec_command',
          description: 'Runs',
          strict: false,
          parameters: { type: 'object', properties: {} },
        },
        { type: 'namespace', name: 'mcp__x', description: 'x', tools: [{ type: 'function', name: 'y', parameters: {} }] },
        { type: 'web_search', external_web_access: false },
        { type: 'custom', name: 'apply_patch', description: 'x', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
      ],
      tool_choice: 'auto',
      parallel_tool_calls: true,
      reasoning: { effort: 'medium', summary: 'auto' },
      store: false,
      stream: true,
      include: ['reasoning.encrypted_content'],
      prompt_cache_key: '0195f3c2',
      text: { verbosity: 'low' },
      client_metadata: { 'x-codex-window-id': '1' },
    }),
  ).toBeUndefined();
});
