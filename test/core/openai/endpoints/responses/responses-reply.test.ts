import { expect, test } from 'vitest';
import { healthyReply } from '../../../../../src/core/openai/endpoints/healthy-reply.ts';
import type { AnswerSettings, ReplySpec } from '../../../../../src/core/openai/request/answer-settings.ts';
import { promptHash } from '../../../../../src/core/openai/request/prompt-hash.ts';
import type { ReplyContext } from '../../../../../src/core/openai/request/reply-context.ts';
import { fork } from '../../../../../src/core/random.ts';
import { libraries } from '../../../../../src/libraries.ts';
import { collect, headerOf } from '../../../../support/effects.ts';
import { apiRequest, plainSettings, replyContext, TEST_WALL_MS } from '../../../../support/reply-context.ts';

const ID = /^[a-z]+_0[0-9a-f]{15}0[01][0-9a-f]{8}[0-9a-f]{3}[048c]8[0-9a-f]{3}[89ab][0-9a-f]{15}$/;
const SECOND = (TEST_WALL_MS / 1_000).toString(16);

/** JSON of which the test knows what it holds. */
type Parsed = ReturnType<typeof JSON.parse>;

function answerTo(body: object, reply: ReplySpec = {}, overrides: Partial<ReplyContext> = {}) {
  const settings: AnswerSettings = { ...plainSettings, reply };
  const request = apiRequest({ path: '/v1/responses', body });
  const textRandom = (...labels: (string | number)[]) => fork('test', promptHash(request), ...labels);
  return collect(healthyReply(replyContext({ request, settings, libraries, textRandom, ...overrides })));
}

function responseTo(body: object, reply: ReplySpec = {}, overrides: Partial<ReplyContext> = {}): Parsed {
  return JSON.parse(answerTo({ model: 'gpt-4o', input: 'Hi', ...body }, reply, overrides).text);
}

interface Event {
  readonly type: string;
  readonly sequence_number: number;
  readonly [name: string]: Parsed;
}

function eventsOf(body: object, reply: ReplySpec = {}): Event[] {
  const { text } = answerTo({ model: 'gpt-4o', input: 'Hi', stream: true, ...body }, reply);
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => {
      const [, name, data = ''] = /^event: (.*)\ndata: (.*)$/s.exec(event) ?? [];
      const parsed = JSON.parse(data) as Event;
      expect(parsed.type).toBe(name);
      return parsed;
    });
}

/** The response that the last event is about. */
function finalOf(events: readonly Event[]): Parsed {
  return events.at(-1)?.['response'] ?? {};
}

/** The names of the events without what all of them begin with; equal ones that follow each other once. */
function sequence(events: readonly Event[]): string[] {
  const names = events.map(({ type }) => type.replace('response.', ''));
  return names.filter((name, index) => name !== names[index - 1]);
}

test('a response is JSON of the API service, and ends without a newline', () => {
  const answer = answerTo({ model: 'gpt-4o', input: 'Hi' }, { content: 'Déjà vu 😀' });
  expect(headerOf(answer, 'content-type')).toBe('application/json');
  expect(headerOf(answer, 'x-openai-proxy-wasm')).toBeUndefined();
  expect(headerOf(answer, 'x-ratelimit-remaining-requests')).toBeDefined();
  expect(answer.text).toMatch(/^\{\n {2}"id": "resp_.*\}$/s);
  expect(answer.text).toContain('"text": "D\\u00e9j\\u00e0 vu \\ud83d\\ude00"');
  expect(answer.text).toContain('"temperature": 1.0,');
});

test('a stream says the same in UTF-8', () => {
  expect(answerTo({ model: 'gpt-4o', input: 'Hi', stream: true }, { content: 'Déjà vu 😀' }).text).toContain(
    '"text":"Déjà vu 😀"',
  );
});

test.each([
  ['gpt-4o', false],
  ['gpt-4.1-mini', false],
  ['o4-mini', false],
  ['gpt-5-nano', true],
  ['gpt-5.6-terra', true],
])('a stream of %s shows the rate limits: %s', (model, shown) => {
  const head = headerOf(answerTo({ model, input: 'Hi', stream: true }), 'x-ratelimit-limit-requests');
  expect(head !== undefined).toBe(shown);
});

test('ids of a response share its key, its marker and its second', () => {
  const { id, output } = responseTo({ model: 'gpt-5', reasoning: { effort: 'high' } });
  const ids = [id, ...output.map((item: { id: string }) => item.id)];
  expect(ids.map((each) => each.split('_')[0])).toEqual(['resp', 'rs', 'msg']);
  for (const each of ids) {
    expect(each).toMatch(ID);
    expect(each.split('_')[1].slice(0, 26)).toBe(`${id.slice(5, 21)}00${SECOND}`);
  }
  expect(new Set(ids).size).toBe(3);
});

test('what is not stored says so in its id', () => {
  expect(responseTo({ store: false }).id.slice(21, 23)).toBe('01');
});

test('a chain keeps its key', () => {
  const first = responseTo({}).id;
  const next = responseTo({ previous_response_id: first }, {}, { random: (...labels) => fork('test', 'call', 2, ...labels) });
  expect(next.id.slice(0, 21)).toBe(first.slice(0, 21));
  expect(next.id).not.toBe(first);
  expect(next.previous_response_id).toBe(first);
  const conversation = responseTo({ conversation: 'conv_68fb96fe1a488195bf48df8f7666551604cbf45151194822' });
  expect(conversation.id.slice(5, 21)).toBe('04cbf45151194822');
  expect(conversation.conversation).toEqual({ id: 'conv_68fb96fe1a488195bf48df8f7666551604cbf45151194822' });
});

test.each([
  ['gpt-4o', { top_p: 1, prompt_cache_retention: 'in_memory', reasoning: { context: null, effort: null, summary: null } }],
  ['o4-mini', { top_p: 1, prompt_cache_retention: 'in_memory', reasoning: reasoning('current_turn', 'medium') }],
  ['gpt-5', { top_p: 1, prompt_cache_retention: 'in_memory', reasoning: reasoning('current_turn', 'medium') }],
  ['gpt-5.2', { top_p: 0.98, prompt_cache_retention: '24h', reasoning: reasoning('current_turn', 'none') }],
  ['gpt-5.4-nano', { top_p: 0.98, prompt_cache_retention: '24h', reasoning: reasoning('current_turn', 'none') }],
  ['gpt-5.5', { top_p: 0.98, prompt_cache_retention: '24h', reasoning: reasoning('current_turn', 'medium') }],
  ['gpt-5.6-sol', { top_p: 0.98, prompt_cache_retention: '24h', reasoning: reasoning('all_turns', 'medium') }],
])('%s has defaults of its own', (model, defaults) => {
  expect(responseTo({ model })).toMatchObject(defaults);
});

function reasoning(context: string, effort: string) {
  return { context, effort, mode: 'standard', summary: null };
}

test('tools are repeated with what the service fills in', () => {
  const { tools } = responseTo({
    tools: [
      {
        type: 'function',
        name: 'f',
        parameters: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'number' } } },
      },
      { type: 'function', name: 'g', strict: false, parameters: { type: 'object', properties: {} }, description: 'G' },
      { type: 'web_search' },
      { type: 'file_search', vector_store_ids: ['vs_1'] },
    ],
    tool_choice: 'none',
  });
  expect(tools).toEqual([
    {
      type: 'function',
      description: null,
      name: 'f',
      output_schema: null,
      parameters: {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'number' } },
        additionalProperties: false,
        required: ['a', 'b'],
      },
      strict: true,
    },
    {
      type: 'function',
      description: 'G',
      name: 'g',
      output_schema: null,
      parameters: { type: 'object', properties: {} },
      strict: false,
    },
    {
      type: 'web_search',
      return_token_budget: 'default',
      search_content_types: ['text'],
      search_context_size: 'medium',
      user_location: { type: 'approximate', city: null, country: 'US', region: null, timezone: null },
    },
    {
      type: 'file_search',
      filters: null,
      max_num_results: 20,
      ranking_options: { ranker: 'auto', score_threshold: 0 },
      vector_store_ids: ['vs_1'],
    },
  ]);
  for (const tool of tools) {
    const [type, ...others] = Object.keys(tool);
    expect([type, others]).toEqual(['type', [...others].sort()]);
  }
});

test('a summary that is asked for as auto is told as detailed', () => {
  expect(responseTo({ model: 'gpt-5', reasoning: { summary: 'auto' } }).reasoning.summary).toBe('detailed');
});

test('an answer of structured output satisfies its schema', () => {
  const schema = {
    type: 'object',
    properties: { city: { type: 'string' }, sunny: { type: 'boolean' } },
    required: ['city', 'sunny'],
    additionalProperties: false,
  };
  const { output, text } = responseTo({ text: { format: { type: 'json_schema', name: 'weather', schema, strict: true } } });
  const said = JSON.parse(output[0].content[0].text);
  expect(typeof said.city).toBe('string');
  expect(typeof said.sunny).toBe('boolean');
  expect(Object.keys(text.format)).toEqual(['type', 'description', 'name', 'schema', 'strict']);
});

test('a text streams as created, in progress, item, part, deltas, and their ends', () => {
  const events = eventsOf({}, { content: 'One two three.' });
  expect(sequence(events)).toEqual([
    'created',
    'in_progress',
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'output_item.done',
    'completed',
  ]);
  expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
  const deltas = events.filter(({ type }) => type === 'response.output_text.delta');
  expect(deltas.map(({ delta }) => delta).join('')).toBe('One two three.');
  for (const { delta, obfuscation } of deltas) expect(([...delta].length + obfuscation.length) % 16).toBe(0);
  expect(finalOf(events).output).toEqual([events.at(-2)?.['item']]);
});

test('events have their type first, then their keys by alphabet', () => {
  const tools = [{ type: 'code_interpreter', container: { type: 'auto' } }];
  for (const event of [...eventsOf({ model: 'gpt-5', reasoning: { summary: 'auto' } }), ...eventsOf({ tools })]) {
    const [type, ...others] = Object.keys(event);
    expect([type, others], event.type).toEqual(['type', [...others].sort()]);
  }
});

test('a request may do without obfuscation', () => {
  const events = eventsOf({ stream_options: { include_obfuscation: false } });
  expect(events.filter((event) => 'obfuscation' in event)).toEqual([]);
});

test('nothing follows the last event', () => {
  expect(answerTo({ model: 'gpt-4o', input: 'Hi', stream: true }).text).toMatch(/event: response\.completed\ndata: \{.*\}\n\n$/);
});

test('thoughts come first, with a summary where one is asked for', () => {
  const events = eventsOf(
    { model: 'gpt-5', reasoning: { summary: 'auto' } },
    { content: 'Hi.', reasoningTokens: 64, reasoningSummary: 'Hm.' },
  );
  expect(sequence(events).slice(2, 8)).toEqual([
    'output_item.added',
    'reasoning_summary_part.added',
    'reasoning_summary_text.delta',
    'reasoning_summary_text.done',
    'reasoning_summary_part.done',
    'output_item.done',
  ]);
  const [thoughts, message] = finalOf(events).output;
  expect(thoughts).toEqual({ id: thoughts.id, type: 'reasoning', content: [], summary: [{ type: 'summary_text', text: 'Hm.' }] });
  expect(Object.keys(message)).toEqual(['id', 'type', 'status', 'content', 'role']);
  expect(finalOf(events).usage.output_tokens_details).toEqual({ reasoning_tokens: 64 });
});

test('thoughts are sealed where nothing is stored, and anew each time they are told', () => {
  const events = eventsOf({ model: 'gpt-5', store: false }, { content: 'Hi.', reasoningTokens: 64 });
  const told = events.find(({ type }) => type === 'response.output_item.done')?.['item'].encrypted_content;
  const again = finalOf(events).output[0].encrypted_content;
  expect(told).toMatch(/^gAAAAAB[\w-]{600,}$/);
  expect(again).toMatch(/^gAAAAAB[\w-]{600,}$/);
  expect(again).not.toBe(told);
});

test('calls come one after the other, each with ids of its own', () => {
  const toolCalls = [
    { name: 'a', arguments: { x: 1 } },
    { name: 'b', arguments: '{"y":2}' },
  ];
  const events = eventsOf({ tools: [{ type: 'function', name: 'a', parameters: {} }] }, { toolCalls });
  expect(sequence(events)).toEqual([
    'created',
    'in_progress',
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
    'completed',
  ]);
  const { output } = finalOf(events);
  expect(output).toMatchObject([
    { type: 'function_call', status: 'completed', arguments: '{"x":1}', name: 'a' },
    { type: 'function_call', status: 'completed', arguments: '{"y":2}', name: 'b' },
  ]);
  expect(Object.keys(output[0])).toEqual(['id', 'type', 'status', 'arguments', 'call_id', 'name']);
  expect(new Set(output.map((call: { call_id: string }) => call.call_id)).size).toBe(2);
  expect(output[0].call_id).toMatch(/^call_[0-9A-Za-z]{24}$/);
});

test('a call of a custom tool has an input', () => {
  const tools = [{ type: 'custom', name: 'patch' }];
  const events = eventsOf({ tools }, { toolCalls: [{ name: 'patch', arguments: '*** Begin Patch' }] });
  expect(sequence(events)).toContain('custom_tool_call_input.delta');
  const [call] = finalOf(events).output;
  expect(Object.keys(call)).toEqual(['id', 'type', 'status', 'call_id', 'input', 'name']);
  expect(call).toMatchObject({ input: '*** Begin Patch', name: 'patch' });
});

test('a function in a namespace is called with its namespace', () => {
  const tools = [{ type: 'namespace', name: 'agents', tools: [{ type: 'function', name: 'spawn', parameters: {} }] }];
  expect(responseTo({ tools }, { toolCalls: [{ name: 'spawn', arguments: {} }] }).output[0]).toMatchObject({
    namespace: 'agents',
  });
});

test('a tool that has to be called is called', () => {
  const parameters = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false };
  const body = { tools: [{ type: 'function', name: 'f', parameters }], tool_choice: 'required' };
  const [call] = responseTo(body).output;
  expect(call.name).toBe('f');
  expect(Number.isInteger(JSON.parse(call.arguments).n)).toBe(true);
});

test('a refusal is a part of its own, without obfuscation', () => {
  const events = eventsOf({}, { refusal: 'No, thanks.' });
  expect(sequence(events)).toEqual([
    'created',
    'in_progress',
    'output_item.added',
    'content_part.added',
    'refusal.delta',
    'refusal.done',
    'content_part.done',
    'output_item.done',
    'completed',
  ]);
  expect(events.find(({ type }) => type === 'response.refusal.delta')).not.toHaveProperty('obfuscation');
  expect(finalOf(events).output[0].content).toEqual([{ type: 'refusal', refusal: 'No, thanks.' }]);
});

test.each([
  ['web_search', 'web_search_call', ['in_progress', 'searching', 'completed']],
  ['file_search', 'file_search_call', ['in_progress', 'searching', 'completed']],
  ['image_generation', 'image_generation_call', ['in_progress', 'generating', 'completed']],
])('a request that offers %s alone has it used', (type, item, steps) => {
  const events = eventsOf({ tools: [{ type }] });
  expect(sequence(events).slice(2, 7)).toEqual([
    'output_item.added',
    ...steps.map((step) => `${item}.${step}`),
    'output_item.done',
  ]);
  expect(finalOf(events).output.map((each: { type: string }) => each.type)).toEqual([item, 'message']);
});

test('a search of the web is counted, and cited', () => {
  const { output, tool_usage } = responseTo({ tools: [{ type: 'web_search' }] }, { content: 'Found it.' });
  expect(tool_usage.web_search.num_requests).toBe(1);
  expect(output[0].action).toEqual({ type: 'search', queries: ['Hi'], query: 'Hi' });
  expect(output[1].content[0].annotations).toEqual([
    {
      type: 'url_citation',
      end_index: 9,
      start_index: 0,
      title: 'Example Domain',
      url: 'https://example.com/?utm_source=openai',
    },
  ]);
});

test('an MCP server has its tools listed, and one of them called', () => {
  const tools = [{ type: 'mcp', server_label: 'docs', server_url: 'https://example.com', allowed_tools: ['ask'] }];
  const { output } = responseTo({ tools });
  expect(output.map((item: { type: string }) => item.type)).toEqual(['mcp_list_tools', 'mcp_call', 'message']);
  expect(output[1]).toMatchObject({ name: 'ask', server_label: 'docs', arguments: '{"text":"Hi"}' });
});

test('an answer that is cut is incomplete, and so is its last item', () => {
  const events = eventsOf({ max_output_tokens: 16 }, { tokens: 40 });
  expect(sequence(events).at(-1)).toBe('incomplete');
  expect(finalOf(events)).toMatchObject({
    status: 'incomplete',
    completed_at: null,
    incomplete_details: { reason: 'max_output_tokens' },
    output: [{ type: 'message', status: 'incomplete' }],
    usage: { output_tokens: 16 },
  });
  expect(responseTo({}, { finishReason: 'content_filter', content: 'x' }).incomplete_details).toEqual({
    reason: 'content_filter',
  });
});

test('thoughts that eat the whole budget leave no message', () => {
  const { output, status } = responseTo({ model: 'gpt-5', max_output_tokens: 64 }, { reasoningTokens: 64 });
  expect(status).toBe('incomplete');
  expect(output.map((item: { type: string }) => item.type)).toEqual(['reasoning']);
});

test('log probabilities come where they are asked for', () => {
  const body = { include: ['message.output_text.logprobs'], top_logprobs: 2 };
  const events = eventsOf(body, { content: 'One two.' });
  const deltas = events.filter(({ type }) => type === 'response.output_text.delta');
  const [part] = finalOf(events).output[0].content;
  expect(part.logprobs).toEqual(deltas.flatMap(({ logprobs }) => logprobs));
  expect(part.logprobs[0]).toMatchObject({ token: 'One', top_logprobs: [{}, {}] });
});

test('a text of the request that looks like what is filled in changes nothing', () => {
  const instructions = '\u00003\u0000';
  expect(responseTo({ instructions })).toMatchObject({ instructions, status: 'completed' });
});

test('equal requests are told the same text, streamed or not', () => {
  const [whole] = responseTo({}).output;
  const [streamed] = finalOf(eventsOf({})).output;
  expect(streamed.content).toEqual(whole.content);
});
