import { describe, expect, test } from 'vitest';
import { applyFaults } from '../../../src/core/faults/bound-fault.ts';
import { isSpoilt } from '../../../src/core/faults/leaves.ts';
import { boundFault, type FaultCall, type FaultName, faultNamed, faultsByName } from '../../../src/core/faults/registry.ts';
import { failureKind } from '../../../src/core/journal/failure-kind.ts';
import { healthyReply } from '../../../src/core/openai/endpoints/healthy-reply.ts';
import type { ApiRequest } from '../../../src/core/openai/request/request.ts';
import { stepOf } from '../../../src/core/plan/compile.ts';
import { isReached } from '../../../src/core/plan/decide.ts';
import { Facts } from '../../../src/core/plan/facts.ts';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import { libraries } from '../../../src/libraries.ts';
import { type Collected, collect } from '../../support/effects.ts';
import { apiRequest, plainSettings, replyContext } from '../../support/reply-context.ts';

type Parsed = ReturnType<typeof JSON.parse>;

const PARAMETERS = { type: 'object', properties: {} };
const CHAT = {
  model: 'gpt-4o',
  messages: [{ role: 'user', content: 'Hi' }],
  tools: [{ type: 'function', function: { name: 'find', parameters: PARAMETERS } }],
};
const RESPONSES = { model: 'gpt-4o', input: 'Hi', tools: [{ type: 'function', name: 'find', parameters: PARAMETERS }] };
const TOOL_CALL = { name: 'find', arguments: { city: 'Paris', days: 3 } };

const chat = (fields: object = {}) => apiRequest({ body: { ...CHAT, ...fields } });
const legacy = (fields: object = {}) =>
  apiRequest({ path: '/v1/completions', body: { model: 'gpt-3.5-turbo-instruct', prompt: 'Hi', ...fields } });
const responses = (fields: object = {}) => apiRequest({ path: '/v1/responses', body: { ...RESPONSES, ...fields } });
const embeddings = () => apiRequest({ path: '/v1/embeddings', body: { model: 'text-embedding-3-small', input: 'Hi' } });

function call(name: FaultName, params?: object): FaultCall {
  return { name, params: faultNamed(name).params.parse(params) } as FaultCall;
}

/** The answer to a request under one fault; it says a text of three words, or calls the function. */
function answer(request: ApiRequest, name: FaultName, params?: object, says: 'text' | 'call' = 'text'): Collected {
  const bound = boundFault(call(name, params));
  const reply = says === 'text' ? { content: 'One two three.' } : { toolCalls: [TOOL_CALL] };
  const context = replyContext({ libraries, request, settings: { ...plainSettings, reply }, leastCalls: bound.leastCalls });
  return collect(applyFaults(healthyReply(context), [bound], context));
}

function eventsOf({ text }: Collected): Parsed[] {
  return [...text.matchAll(/^data: (?!\[DONE\])(.*)$/gm)].map(([, data = '']) => JSON.parse(data));
}

const typesOf = (events: readonly Parsed[]): string[] => events.map(({ type }) => type.replace('response.', ''));
const numbersOf = (events: readonly Parsed[]): number[] => events.map((event) => event.sequence_number);

describe('empty_answer', () => {
  test('of answers in one piece leaves choices and output without an entry, and the usage', () => {
    expect(JSON.parse(answer(chat(), 'empty_answer').text)).toMatchObject({ choices: [], usage: { completion_tokens: 4 } });
    expect(JSON.parse(answer(legacy(), 'empty_answer').text)).toMatchObject({ object: 'text_completion', choices: [] });
    expect(JSON.parse(answer(responses(), 'empty_answer').text)).toMatchObject({ status: 'completed', output: [] });
  });

  test('of a stream of chunks leaves one event without choices, the usage, and [DONE]', () => {
    const stream = { stream: true, stream_options: { include_usage: true } };
    for (const request of [chat(stream), legacy(stream)]) {
      const reply = answer(request, 'empty_answer');
      expect(eventsOf(reply).map(({ choices, usage }) => [choices, usage === null])).toEqual([
        [[], true],
        [[], false],
      ]);
      expect(reply.text.endsWith('data: [DONE]\n\n')).toBe(true);
    }
  });

  test('of a stream of Responses leaves its beginning and a completed response without output, numbered without a gap', () => {
    const events = eventsOf(answer(responses({ stream: true }), 'empty_answer'));
    expect(typesOf(events)).toEqual(['created', 'in_progress', 'completed']);
    expect(numbersOf(events)).toEqual([0, 1, 2]);
    expect(events.at(-1).response.output).toEqual([]);
  });
});

describe('error_in_body', () => {
  test('is an error object with status 200 in place of any answer', () => {
    for (const request of [chat(), legacy(), responses(), embeddings()]) {
      const reply = answer(request, 'error_in_body', { code: 429, message: 'Slow down.' });
      expect(reply.head?.status).toBe(200);
      expect(JSON.parse(reply.text)).toEqual({
        error: { message: 'Slow down.', type: 'server_error', param: null, code: 429 },
      });
    }
  });

  test('is the one event of a stream', () => {
    for (const request of [chat({ stream: true }), legacy({ stream: true }), responses({ stream: true })]) {
      const reply = answer(request, 'error_in_body');
      expect(reply.text.match(/^data: /gm)).toHaveLength(1);
      expect(eventsOf(reply)[0].error.type).toBe('server_error');
      expect(reply.effects.at(-1)).toEqual({ type: 'end' });
    }
  });
});

describe('null_content', () => {
  test('leaves null in place of a text', () => {
    expect(JSON.parse(answer(chat(), 'null_content').text).choices[0]).toMatchObject({
      message: { role: 'assistant', content: null },
      finish_reason: 'stop',
    });
    expect(JSON.parse(answer(legacy(), 'null_content').text).choices[0].text).toBeNull();
    expect(JSON.parse(answer(responses(), 'null_content').text).output).toMatchObject([{ type: 'message', content: null }]);
  });

  test('leaves nothing of a call', () => {
    const { message } = JSON.parse(answer(chat(), 'null_content', {}, 'call').text).choices[0];
    expect([message.content, 'tool_calls' in message]).toEqual([null, false]);
    expect(JSON.parse(answer(responses(), 'null_content', {}, 'call').text).output).toEqual([]);
  });

  test('of a stream leaves who speaks and how it ends', () => {
    const chunks = eventsOf(answer(chat({ stream: true }), 'null_content'));
    expect(chunks.map(({ choices }) => [choices[0].delta.content, choices[0].finish_reason])).toEqual([
      [null, null],
      [undefined, 'stop'],
    ]);
    expect(eventsOf(answer(legacy({ stream: true }), 'null_content')).map(({ choices }) => choices[0].text)).toEqual([null]);
    const events = eventsOf(answer(responses({ stream: true }), 'null_content'));
    expect(typesOf(events)).toEqual(['created', 'in_progress', 'output_item.added', 'output_item.done', 'completed']);
    expect(events.at(-1).response.output[0].content).toBeNull();
  });
});

test('missing_usage leaves the usage out, and all else as it was', () => {
  const stream = { stream: true, stream_options: { include_usage: true } };
  for (const [request, whole] of [
    [chat(), JSON.parse],
    [legacy(), JSON.parse],
    [responses(), JSON.parse],
  ] as const) {
    const body = whole(answer(request, 'missing_usage').text);
    expect('usage' in body).toBe(false);
    expect(JSON.stringify(body)).toContain('One two three.');
  }
  for (const request of [chat(stream), legacy(stream)]) {
    const events = eventsOf(answer(request, 'missing_usage'));
    expect(events.some((event) => 'usage' in event)).toBe(false);
    expect(events.at(-1).choices[0].finish_reason).toBe('stop');
  }
  expect('usage' in eventsOf(answer(responses({ stream: true }), 'missing_usage')).at(-1).response).toBe(false);
});

test('wrong_model names another of the family, or the one that is given', () => {
  expect(JSON.parse(answer(chat(), 'wrong_model').text).model).toBe('gpt-4o-mini-2024-07-18');
  expect(JSON.parse(answer(legacy(), 'wrong_model', { model: 'other' }).text).model).toBe('other');
  expect(new Set(eventsOf(answer(chat({ stream: true }), 'wrong_model', { model: 'other' })).map(({ model }) => model))).toEqual(
    new Set(['other']),
  );
  const { text } = answer(responses({ stream: true }), 'wrong_model', { model: 'other' });
  const models = eventsOf({ text } as Collected).flatMap(({ response }) => (response === undefined ? [] : [response.model]));
  expect(models).toEqual(['other', 'other', 'other']);
  expect(text).toContain('"temperature":1.0,');
});

test('lost_answer waits as long as the answer takes, and sends no byte of it', () => {
  const context = replyContext({
    request: chat({ stream: true }),
    settings: {
      ...plainSettings,
      reply: { content: 'One two three.' },
      latency: { ttft: { kind: 'constant', ms: 50 }, interToken: { kind: 'constant', ms: 10 } },
    },
  });
  const { effects } = collect(applyFaults(healthyReply(context), [boundFault(call('lost_answer'))], context));
  expect(new Set(effects.map(({ type }) => type))).toEqual(new Set(['wait', 'reset']));
  expect(effects.reduce((ms, effect) => ms + (effect.type === 'wait' ? effect.ms : 0), 0)).toBeGreaterThanOrEqual(80);
});

/** The calls of an answer as a client reads them that puts them together by index. */
function callsIn(reply: Collected, isStream: boolean): { id: string; name: string; arguments: string }[] {
  if (!isStream) {
    const body = JSON.parse(reply.text);
    if (body.output !== undefined)
      return body.output.map((item: Parsed) => ({ id: item.call_id, name: item.name, arguments: item.arguments }));
    return body.choices[0].message.tool_calls.map((each: Parsed) => ({ id: each.id, ...each.function }));
  }
  const calls = new Map<number, { id: string; name: string; arguments: string }>();
  for (const event of eventsOf(reply)) {
    for (const delta of event.choices?.[0]?.delta.tool_calls ?? []) {
      const known = calls.get(delta.index) ?? { id: '', name: '', arguments: '' };
      known.id ||= delta.id ?? '';
      known.name ||= delta.function.name ?? '';
      known.arguments += delta.function.arguments;
      calls.set(delta.index, known);
    }
    const { item, output_index: index } = event;
    if (event.type === 'response.output_item.added') {
      const known = calls.get(index);
      if (known === undefined) calls.set(index, { id: item.call_id, name: item.name, arguments: '' });
    }
    const known = calls.get(index);
    if (event.type === 'response.function_call_arguments.delta' && known !== undefined) known.arguments += event.delta;
  }
  return [...calls.values()];
}

const WHOLE = JSON.stringify(TOOL_CALL.arguments);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe.each([
  ['chat, in one piece', chat(), false],
  ['chat, as a stream', chat({ stream: true }), true],
  ['Responses, in one piece', responses(), false],
  ['Responses, as a stream', responses({ stream: true }), true],
] as const)('broken_tool_call of %s', (_name, request, isStream) => {
  const broken = (how: string) => callsIn(answer(request, 'broken_tool_call', { how }, 'call'), isStream);

  test('cut: the arguments break off', () => {
    const [{ arguments: given, name } = { arguments: '', name: '' }, ...others] = broken('cut');
    expect([others, name, isJson(given)]).toEqual([[], 'find', false]);
    expect(WHOLE.startsWith(given)).toBe(true);
    expect(given.length).toBeGreaterThan(0);
  });

  test('malformed: the arguments are whole, and not JSON', () => {
    expect(broken('malformed')).toMatchObject([{ name: 'find', arguments: `{${WHOLE}` }]);
  });

  test('unknown_tool: the request offers no such function', () => {
    expect(broken('unknown_tool')).toMatchObject([{ name: 'no_such_find', arguments: WHOLE }]);
  });

  test('empty_arguments', () => {
    expect(broken('empty_arguments')).toMatchObject([{ name: 'find', arguments: '' }]);
  });

  test('same_index: arguments of two calls become one', () => {
    expect(broken('same_index')).toMatchObject([{ name: 'find', arguments: WHOLE + WHOLE }]);
  });

  test('repeated_id: two calls have one id', () => {
    const calls = broken('repeated_id');
    expect(calls).toHaveLength(2);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(1);
  });
});

test('what a stream of Responses says of a broken call is the same in all its events', () => {
  for (const how of ['cut', 'malformed', 'unknown_tool', 'empty_arguments', 'repeated_id']) {
    const events = eventsOf(answer(responses({ stream: true }), 'broken_tool_call', { how }, 'call'));
    expect(numbersOf(events)).toEqual(events.map((_, index) => index));
    const last = events.at(-1).response.output;
    expect(events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item)).toEqual(last);
    const said = events.filter(({ type }) => type === 'response.function_call_arguments.delta').map(({ delta }) => delta);
    expect(said.join('').startsWith(last[0].arguments)).toBe(true);
  }
});

test('two calls of a stream of chunks begin with a header of their own, both at index 0', () => {
  const events = eventsOf(answer(chat({ stream: true }), 'broken_tool_call', { how: 'same_index' }, 'call'));
  const calls = events.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
  expect(new Set(calls.map(({ index }: Parsed) => index))).toEqual(new Set([0]));
  expect(new Set(calls.flatMap(({ id }: Parsed) => id ?? [])).size).toBe(2);
});

test('a client is left with a failure, but for what the answer does not need', () => {
  const ended = { t_end: 1, closedBy: null, status: 200, bytesOut: 10, chunksOut: 3 } as const;
  const kinds = (['empty_answer', 'error_in_body', 'null_content', 'broken_tool_call'] as const).map((name) =>
    failureKind(ended, [boundFault(call(name))], undefined),
  );
  expect(kinds).toEqual(['content', 'content', 'content', 'content']);
  for (const name of ['missing_usage', 'wrong_model'] as const) {
    expect(failureKind(ended, [boundFault(call(name))], undefined)).toBeUndefined();
  }
  const lost = { ...ended, closedBy: 'server', status: null, bytesOut: 0 } as const;
  expect(failureKind(lost, [boundFault(call('lost_answer'))], undefined)).toBe('transport');
  expect(isSpoilt(boundFault(call('http_error', { status: 200 })).leaves)).toBe(true);
});

describe('strikes only what it can change:', () => {
  const strikes = (name: FaultName, request: ApiRequest) =>
    isReached({ traits: new Facts(request, {}, () => 0), refusedBy: undefined }, stepOf([call(name)], faultsByName));
  const answered = [
    { role: 'user', content: 'Hi' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'find', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'a', content: 'Sunny.' },
  ];

  test.each([
    ['empty_answer', chat(), true],
    ['empty_answer', chat({ stream: true }), true],
    ['empty_answer', embeddings(), false],
    ['error_in_body', embeddings(), true],
    ['broken_tool_call', chat(), true],
    ['broken_tool_call', responses({ stream: true }), true],
    ['broken_tool_call', chat({ tools: [] }), false],
    ['broken_tool_call', chat({ tool_choice: 'none' }), false],
    ['broken_tool_call', chat({ messages: answered }), false],
    ['broken_tool_call', legacy(), false],
  ] as const)('%s', (name, request, expected) => {
    expect(strikes(name, request)).toBe(expected);
  });
});

describe('check refuses', () => {
  test.each([
    [
      '{ match: { endpoint: embeddings }, fault: broken_tool_call }',
      /broken_tool_call never happens: no model makes up the answers of embeddings/,
    ],
    [
      '{ match: { endpoint: completions }, fault: broken_tool_call }',
      /broken_tool_call never happens: answers of completions call no tools/,
    ],
    [
      '{ match: { has_tools: false }, fault: broken_tool_call }',
      /broken_tool_call never happens: the rule speaks of requests that offer no tools/,
    ],
    ['{ match: { endpoint: models }, fault: empty_answer }', /empty_answer never happens: no model makes up/],
    ['{ fault: [null_content, server_error] }', /null_content never happens: server_error after it leaves no answer to change/],
  ])('%s', (rule, message) => {
    const { problems = [] } = parseScenario({ file: 'test', text: `rules:\n  - ${rule}\n` }, libraries);
    expect(problems.map((problem) => problem.message).join('\n')).toMatch(message);
  });
});
