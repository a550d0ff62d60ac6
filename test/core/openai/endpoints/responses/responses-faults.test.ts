import { expect, test } from 'vitest';
import { failureOf } from '../../../../../src/core/backoff/history/failure.ts';
import { applyFaults } from '../../../../../src/core/faults/bound-fault.ts';
import { boundFault, type FaultCall, faultNamed, faultsByName } from '../../../../../src/core/faults/registry.ts';
import { healthyReply } from '../../../../../src/core/openai/endpoints/healthy-reply.ts';
import { stepOf } from '../../../../../src/core/plan/compile.ts';
import { isReached } from '../../../../../src/core/plan/decide.ts';
import { Facts } from '../../../../../src/core/plan/facts.ts';
import { collect } from '../../../../support/effects.ts';
import { apiRequest, plainSettings, replyContext } from '../../../../support/reply-context.ts';

type Parsed = ReturnType<typeof JSON.parse>;

const TEXT = 'One two three four five six.';
const streamed = apiRequest({ path: '/v1/responses', body: { model: 'gpt-5.4', input: 'Hi', stream: true } });
const chat = apiRequest({ body: { model: 'gpt-4o', messages: [], stream: true } });

function struck(...faults: readonly (readonly [name: string, params?: object])[]) {
  const settings = { ...plainSettings, reply: { content: TEXT, reasoningTokens: 0 } };
  const context = replyContext({ request: streamed, settings });
  const calls = faults.map(([name, params]) => boundFault(callOf(name, params)));
  return collect(applyFaults(healthyReply(context), calls, context));
}

function callOf(name: string, params?: object): FaultCall {
  return { name, params: faultNamed(name).params.parse(params) } as FaultCall;
}

function eventsOf({ text }: { readonly text: string }): Parsed[] {
  return [...text.matchAll(/^data: (.*?)\r?$/gm)].map(([, data = '']) => JSON.parse(data));
}

function names(events: readonly Parsed[]): string[] {
  return events.map(({ type }) => type.replace('response.', ''));
}

function numbers(events: readonly Parsed[]): number[] {
  return events.map(({ sequence_number: number }) => number);
}

test('an error in a stream is an error and then the response that failed', () => {
  const events = eventsOf(struck(['stream_error', { after_chunks: 0, code: 'insufficient_quota', type: 'insufficient_quota' }]));
  expect(names(events)).toEqual(['created', 'in_progress', 'error', 'failed']);
  expect(numbers(events)).toEqual([0, 1, 2, 3]);
  expect(Object.keys(events[2])).toEqual(['type', 'error', 'sequence_number']);
  expect(Object.keys(events[2].error)).toEqual(['type', 'code', 'message', 'param']);
  expect(events[3].response).toMatchObject({
    id: events[0].response.id,
    status: 'failed',
    error: { code: 'insufficient_quota', message: events[2].error.message },
    output: [],
    usage: null,
  });
});

test('an error after some text goes on counting, whatever was framed anew before it', () => {
  for (const before of [[], [['split_utf8'] as const], [['reframed_stream', { segments: false }] as const]]) {
    const events = eventsOf(struck(...before, ['stream_error', { after_chunks: 2 }]));
    expect(names(events).slice(-4)).toEqual(['output_text.delta', 'output_text.delta', 'error', 'failed']);
    expect(numbers(events)).toEqual(events.map((_, index) => index));
  }
});

test('a failed response keeps its floats', () => {
  const { text } = struck(['response_failed', { code: 'rate_limit_exceeded', message: 'Slow down.' }]);
  const events = eventsOf({ text });
  expect(names(events).slice(-2)).toEqual(['output_text.delta', 'failed']);
  expect(events.at(-1).response.error).toEqual({ code: 'rate_limit_exceeded', message: 'Slow down.' });
  expect(text.slice(text.lastIndexOf('event: '))).toContain('"temperature":1.0,');
});

test('an incomplete response has what was said so far', () => {
  const { text } = struck(['response_incomplete', { after_chunks: 2, reason: 'content_filter' }]);
  const events = eventsOf({ text });
  expect(names(events).slice(-5)).toEqual([
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'incomplete',
  ]);
  expect(numbers(events)).toEqual(events.map((_, index) => index));
  const said = 'One two';
  const { response } = events.at(-1);
  expect(response).toMatchObject({
    status: 'incomplete',
    completed_at: null,
    incomplete_details: { reason: 'content_filter' },
    output: [{ status: 'incomplete', content: [{ type: 'output_text', text: said }] }],
    usage: { output_tokens: 2 },
  });
  expect(events.at(-2).item).toEqual(response.output[0]);
  expect(text.slice(text.lastIndexOf('event: '))).toContain('"top_p":0.98,');
  for (const event of events) {
    const [, ...others] = Object.keys(event);
    expect(others).toEqual([...others].sort());
  }
});

test('keepalive events have numbers of their own', () => {
  const { text, effects } = struck(['keepalive_events', { after_chunks: 2, every: '15s' }]);
  const events = eventsOf({ text });
  const at = names(events).indexOf('keepalive');
  expect(names(events).slice(at - 1, at + 4)).toEqual([
    'output_text.delta',
    'keepalive',
    'keepalive',
    'keepalive',
    'output_text.delta',
  ]);
  expect(numbers(events)).toEqual(events.map((_, index) => index));
  expect(text).toContain(`event: keepalive\ndata: {"type":"keepalive","sequence_number":${at}}\n\n`);
  const waited = effects.map((effect) => (effect.type === 'wait' ? effect.ms : 0)).reduce((sum, ms) => sum + ms, 0);
  expect(waited).toBe(45_000);
});

test('a stream without its last event says all the same what it said', () => {
  const events = eventsOf(struck(['missing_done']));
  expect(names(events).at(-1)).toBe('output_item.done');
});

test('a chunk that comes twice has the same number', () => {
  const events = eventsOf(struck(['duplicate_chunk', { after_chunks: 1 }]));
  const [first, second] = events.filter(({ type }) => type === 'response.output_text.delta');
  expect(second).toEqual(first);
});

test('a cut counts the deltas of the answer, not those of thoughts', () => {
  const settings = { ...plainSettings, reply: { content: TEXT, reasoningTokens: 64, reasoningSummary: 'Let me think of it.' } };
  const body = { model: 'gpt-5.4', input: 'Hi', stream: true, reasoning: { summary: 'auto' } };
  const context = replyContext({ request: apiRequest({ path: '/v1/responses', body }), settings });
  const { text } = collect(
    applyFaults(healthyReply(context), [boundFault(callOf('truncated_stream', { after_chunks: 2 }))], context),
  );
  const deltas = eventsOf({ text }).filter(({ type }) => type === 'response.output_text.delta');
  expect(deltas).toHaveLength(2);
  expect(names(eventsOf({ text })).at(-1)).toBe('output_text.delta');
});

test.each([
  ['response_failed', true, false],
  ['response_incomplete', true, false],
  ['keepalive_events', true, false],
  ['missing_finish_reason', false, true],
  ['stream_error', true, true],
])('%s strikes streams of responses: %s, of chat completions: %s', (name, responses, chats) => {
  const step = stepOf([callOf(name)], faultsByName);
  const reached = [streamed, chat].map((request) => {
    return isReached({ traits: new Facts(request, {}, () => 0), refusedBy: undefined }, step);
  });
  expect(reached).toEqual([responses, chats]);
});

test.each([
  ['model_not_found', 400, "The requested model 'gpt-5.4' does not exist."],
  ['missing_parameter', 400, "Missing required parameter: 'input'."],
  [
    'context_length_exceeded',
    400,
    'Your input exceeds the context window of this model. Please adjust your input and try again.',
  ],
])('%s is told in the words of the Responses API', (name, status, message) => {
  const { head, text } = struck([name]);
  expect(head?.status).toBe(status);
  expect(JSON.parse(text).error.message).toBe(message);
  expect(text).toMatch(/^\{\n {2}"error"/);
  expect(head?.headers.map(([header]) => header)).not.toContain('x-openai-proxy-wasm');
});

test.each([
  ['missing_done', 'responses', 'content'],
  ['missing_done', 'chat.completions', undefined],
  ['response_failed', 'responses', 'content'],
  ['response_incomplete', 'responses', undefined],
  ['keepalive_events', 'responses', undefined],
  ['stream_error', 'responses', 'content'],
])('%s in a stream of %s is a failure: %s', (name, endpoint, failure) => {
  const entry = { t_end: 9, closedBy: null, status: 200, bytesOut: 99, chunksOut: 3, stream: true, endpoint };
  expect(failureOf({ ...entry, faultApplied: { rule: 'r', faults: [callOf(name)] } })).toBe(failure);
});
