import type { MockOpenAI } from '../../../src/index.ts';

/** An answer of the mock, and what the OpenAPI description has it as. */
export interface WireSample {
  readonly label: string;
  /** The name of a schema; of an event its `type`. */
  readonly schema: string;
  readonly value: unknown;
}

type Body = Readonly<Record<string, unknown>>;

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };
const weather = { type: 'function', name: 'weather', parameters, strict: true };
const grammar = { type: 'grammar', syntax: 'regex', definition: '[a-z]+' };
const person = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'], additionalProperties: false };

/** What is asked of the API, as bodies of POST /v1/responses, each as JSON and as a stream. */
const ASKED: Readonly<Record<string, Body>> = {
  text: { model: 'gpt-4o' },
  'log probabilities': { model: 'gpt-4o', include: ['message.output_text.logprobs'], top_logprobs: 2 },
  reasoning: { model: 'gpt-5.6-terra', reasoning: { effort: 'high', summary: 'auto' }, include: ['reasoning.encrypted_content'] },
  'not stored': { model: 'gpt-5', store: false },
  'a function': { model: 'gpt-4o', tools: [weather], tool_choice: 'required' },
  'two functions': { model: 'gpt-4o', input: 'twice', tools: [weather] },
  'a custom tool': {
    model: 'gpt-5',
    tools: [{ type: 'custom', name: 'run', description: 'runs', format: grammar }],
    tool_choice: { type: 'custom', name: 'run' },
  },
  refusal: { model: 'gpt-4o', input: 'refuse' },
  json: { model: 'gpt-4o', text: { format: { type: 'json_schema', name: 'person', schema: person, strict: true } } },
  'web search': { model: 'gpt-4o', tools: [{ type: 'web_search' }] },
  'file search': {
    model: 'gpt-4o',
    tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }],
    include: ['file_search_call.results'],
  },
  'code interpreter': {
    model: 'gpt-4o',
    tools: [{ type: 'code_interpreter', container: { type: 'auto' } }],
    include: ['code_interpreter_call.outputs'],
  },
  'image generation': { model: 'gpt-4o', tools: [{ type: 'image_generation' }] },
  mcp: {
    model: 'gpt-4o',
    tools: [{ type: 'mcp', server_label: 's', server_url: 'https://example.com', require_approval: 'never' }],
  },
  'too few tokens': { model: 'gpt-4o', input: 'long', max_output_tokens: 16 },
  filtered: { model: 'gpt-4o', input: 'filter' },
  'all options': {
    model: 'gpt-4o',
    instructions: 'Be brief',
    metadata: { topic: 'x' },
    user: 'u',
    prompt_cache_key: 'k',
    safety_identifier: 's',
    truncation: 'auto',
    service_tier: 'priority',
    temperature: 0.2,
    top_p: 0.9,
    max_tool_calls: 3,
    parallel_tool_calls: false,
  },
};

const REPLIES = [
  { match: { prompt: 'refuse' }, refusal: 'No.' },
  { match: { prompt: 'long' }, tokens: 60 },
  { match: { prompt: 'filter' }, content: 'So far', finish_reason: 'content_filter' as const },
  {
    match: { prompt: 'twice' },
    tool_calls: [
      { name: 'weather', arguments: { city: 'Rome' } },
      { name: 'weather', arguments: { city: 'Oslo' } },
    ],
  },
];

export const SAMPLED = { replies: REPLIES };

/** Faults of streams that end them in their own way, as `x-mock-fault` has them. */
const ENDINGS = ['response_failed', 'response_incomplete', 'stream_error'];
/** Faults that refuse a request. */
const REFUSALS = ['rate_limit', 'insufficient_quota', 'server_error', 'overloaded', 'invalid_api_key', 'context_length_exceeded'];

/** All kinds of answers under /v1/responses and /v1/conversations, of a mock under `SAMPLED`. */
export async function wireSamples({ baseURL, apiKey, session }: MockOpenAI): Promise<readonly WireSample[]> {
  const samples: WireSample[] = [];
  const take = (label: string, schema: string, value: unknown) => samples.push({ label, schema, value });

  async function ask(path: string, { body, method = body === undefined ? 'GET' : 'POST', fault, at = baseURL }: Asked = {}) {
    const headers: Record<string, string> = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    if (fault !== undefined) headers['x-mock-fault'] = fault;
    const response = await fetch(at + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return { status: response.status, text: await response.text() };
  }
  async function json(label: string, schema: string, path: string, asked?: Asked): Promise<Record<string, unknown>> {
    const { status, text } = await ask(path, asked);
    if (status !== 200) throw new Error(`${label}: ${status} ${text}`);
    const value: Record<string, unknown> = JSON.parse(text);
    take(label, schema, value);
    return value;
  }
  async function events(label: string, path: string, asked?: Asked): Promise<void> {
    const { status, text } = await ask(path, asked);
    if (status !== 200) throw new Error(`${label}: ${status} ${text}`);
    for (const [, data = ''] of text.matchAll(/^data: (.*)$/gm)) {
      const value: { type: string } = JSON.parse(data);
      take(`${label}: ${value.type}`, value.type, value);
    }
  }
  async function refused(label: string, path: string, asked?: Asked): Promise<void> {
    const { status, text } = await ask(path, asked);
    if (status < 400) throw new Error(`${label}: ${status} ${text}`);
    take(`${label}: ${status}`, 'ErrorResponse', JSON.parse(text));
  }

  for (const [label, more] of Object.entries(ASKED)) {
    const body = { input: 'Hello', ...more };
    await json(label, 'Response', '/responses', { body });
    await events(`${label}, streamed`, '/responses', { body: { ...body, stream: true } });
  }
  const hello = { model: 'gpt-4o', input: 'Hello' };
  for (const fault of ENDINGS) await events(fault, '/responses', { body: { ...hello, stream: true }, fault });
  for (const fault of REFUSALS) await refused(fault, '/responses', { body: hello, fault });

  const { id } = await json('to be kept', 'Response', '/responses', { body: hello });
  await json('retrieved', 'Response', `/responses/${id}`);
  await json('its input', 'ResponseItemList', `/responses/${id}/input_items`);
  await json('the next of a chain', 'Response', '/responses', { body: { ...hello, previous_response_id: id } });
  await ask(`/responses/${id}`, { method: 'DELETE' });
  await refused('deleted', `/responses/${id}`);
  await json('in the background', 'Response', '/responses', { body: { ...hello, background: true } });
  await events('in the background, streamed', '/responses', { body: { ...hello, background: true, stream: true } });
  await using slow = session({ scenario: { latency: { ttft: '1h' } } });
  const queued = await json('queued', 'Response', '/responses', { body: { ...hello, background: true }, at: slow.baseURL });
  await json('cancelled', 'Response', `/responses/${queued['id']}/cancel`, { method: 'POST', at: slow.baseURL });
  await json('counted', 'TokenCountsResource', '/responses/input_tokens', { body: hello });
  await json('compacted', 'CompactResource', '/responses/compact', {
    body: { ...hello, input: [{ role: 'user', content: 'Hello' }] },
  });

  const items = [{ type: 'message', role: 'user', content: 'Hello' }];
  const conversation = await json('conversation', 'ConversationResource', '/conversations', { body: { items } });
  const path = `/conversations/${conversation['id']}`;
  await json('in a conversation', 'Response', '/responses', { body: { ...hello, conversation: conversation['id'] } });
  await json('conversation, retrieved', 'ConversationResource', path);
  await json('conversation, labelled', 'ConversationResource', path, { body: { metadata: { topic: 'x' } } });
  const added = await json('items added', 'ConversationItemList', `${path}/items`, { body: { items } });
  await json('items listed', 'ConversationItemList', `${path}/items`);
  const [first] = added['data'] as { id: string }[];
  await json('an item', 'ConversationItem', `${path}/items/${first?.id}`);
  await refused('no item', `${path}/items/msg_0`);
  await json('conversation, deleted', 'DeletedConversationResource', path, { method: 'DELETE' });
  await refused('no such field', '/responses', { body: { ...hello, messages: [] } });
  await refused('no model', '/responses', { body: { input: 'Hello' } });
  return samples;
}

interface Asked {
  readonly method?: string;
  readonly body?: Body;
  /** `x-mock-fault`. */
  readonly fault?: string;
  /** Another base URL than the first. */
  readonly at?: string;
}
