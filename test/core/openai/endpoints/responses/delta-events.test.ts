import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { expect, expectTypeOf, test } from 'vitest';
import { healthyReply } from '../../../../../src/core/openai/endpoints/healthy-reply.ts';
import type { DeltaName } from '../../../../../src/core/openai/endpoints/responses/response-event.ts';
import type { ReplySpec } from '../../../../../src/core/openai/request/answer-settings.ts';
import { libraries } from '../../../../../src/libraries.ts';
import { collect } from '../../../../support/effects.ts';
import { apiRequest, plainSettings, replyContext } from '../../../../support/reply-context.ts';

/* Events with a piece of a text are written as text, without a type of their own: their fields are held against the SDK's here. */

const CALL = ['type', 'delta', 'item_id', 'obfuscation', 'output_index', 'sequence_number'] as const;

/** Their fields in wire order (wire-responses.md 3.1). */
const FIELDS = {
  'response.output_text.delta': [
    ...(['type', 'content_index', 'delta', 'item_id', 'logprobs', 'obfuscation', 'output_index', 'sequence_number'] as const),
  ],
  'response.refusal.delta': ['type', 'content_index', 'delta', 'item_id', 'output_index', 'sequence_number'],
  'response.function_call_arguments.delta': [...CALL],
  'response.custom_tool_call_input.delta': [...CALL],
  'response.code_interpreter_call_code.delta': [...CALL],
  'response.mcp_call_arguments.delta': [...CALL],
  'response.reasoning_summary_text.delta': [...CALL, 'summary_index'],
} as const satisfies Record<DeltaName, readonly string[]>;

type Fields = { [Name in DeltaName]: (typeof FIELDS)[Name][number] };
type SdkEvent = { [Name in DeltaName]: Extract<ResponseStreamEvent, { type: Name }> };

test('the fields of each are those that the SDK knows, and the obfuscation', () => {
  expectTypeOf<{ [Name in DeltaName]: Exclude<Fields[Name], keyof SdkEvent[Name] | 'obfuscation'> }>().toEqualTypeOf<
    Record<DeltaName, never>
  >();
  expectTypeOf<{ [Name in DeltaName]: Pick<SdkEvent[Name], Extract<Fields[Name], keyof SdkEvent[Name]>> }>().toExtend<SdkEvent>();
});

const weather = { type: 'function', name: 'weather', parameters: { type: 'object', properties: {} }, strict: false };
const mcp = { type: 'mcp', server_label: 's', server_url: 'https://example.com', require_approval: 'never' };

const CASES: readonly [DeltaName, object, ReplySpec?][] = [
  ['response.output_text.delta', {}],
  ['response.refusal.delta', {}, { refusal: 'No.' }],
  ['response.function_call_arguments.delta', { tools: [weather], tool_choice: 'required' }],
  ['response.custom_tool_call_input.delta', { tools: [{ type: 'custom', name: 'run' }], tool_choice: 'required' }],
  ['response.code_interpreter_call_code.delta', { tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] }],
  ['response.mcp_call_arguments.delta', { tools: [mcp] }],
  ['response.reasoning_summary_text.delta', { model: 'gpt-5', reasoning: { summary: 'auto', effort: 'high' } }],
];

test.each(CASES)('%s has these fields, in this order', (name, body, reply = {}) => {
  const request = apiRequest({ path: '/v1/responses', body: { model: 'gpt-4o', input: 'Hi', stream: true, ...body } });
  const context = replyContext({ request, settings: { ...plainSettings, reply }, libraries });
  const events = [...collect(healthyReply(context)).text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data));
  const deltas = events.filter(({ type }) => type === name);
  expect(deltas.length).toBeGreaterThan(0);
  for (const delta of deltas) {
    expect(Object.keys(delta)).toEqual(FIELDS[name]);
    expect(typeof delta.delta).toBe('string');
  }
});
