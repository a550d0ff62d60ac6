import { expect, test } from 'vitest';
import { rawChat, rawExchange } from '../../support/raw-http.ts';
import { startMock } from '../../support/start-mock.ts';

const CLASSIC = '/openai/deployments/mine/chat/completions?api-version=2024-10-21';
const V1 = '/openai/v1/chat/completions';
const SCENARIO = { azure: { deployments: { mine: 'gpt-4o' }, region: 'West Europe' }, replies: [{ content: 'Hello there.' }] };
const SAFE = '{"filtered":false,"severity":"safe"}';
const HARMS = `"self_harm":${SAFE},"sexual":${SAFE},"violence":${SAFE}`;
const NOT_FOUND = '{"detected":false,"filtered":false}';
const PROMPT = `"prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":${SAFE},"jailbreak":${NOT_FOUND},${HARMS}}}]`;

async function post(origin: string, path: string, body: object, headers: Record<string, string> = {}) {
  const answer = await fetch(`${origin}${path}`, {
    method: 'POST',
    headers: { 'api-key': 'k', 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'mine', ...body }),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const chat = (body: object = {}) => ({ messages: [{ role: 'user', content: 'Hi' }], ...body });

test.each([
  ['classic', CLASSIC],
  ['v1', V1],
])(
  'a chat completion of the %s surface is one line of alphabetical keys with a newline, and tells its length',
  async (_surface, path) => {
    const mock = await startMock(SCENARIO);
    const { text, headers } = await post(mock.origin, path, chat());
    expect(text).toMatch(/^\{"choices":\[\{"content_filter_results":\{"hate":/);
    expect(text.indexOf('\n')).toBe(text.length - 1);
    expect(headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
    const body = JSON.parse(text) as Record<string, unknown> & { choices: object[] };
    expect(Object.keys(body)).toEqual([
      'choices',
      'created',
      'id',
      'model',
      'object',
      'prompt_filter_results',
      'service_tier',
      'system_fingerprint',
      'usage',
    ]);
    expect(Object.keys(body.choices[0] ?? {})).toEqual([
      'content_filter_results',
      'finish_reason',
      'index',
      'logprobs',
      'message',
    ]);
    expect(body['model']).toBe('gpt-4o-2024-08-06');
    expect(text).toContain(PROMPT);
  },
);

test('a chat stream begins with an event that has neither id nor choices (field case F07)', async () => {
  const mock = await startMock(SCENARIO);
  const { text } = await post(mock.origin, CLASSIC, chat({ stream: true }));
  const [first = '', second = '', third = '', ...others] = text.split('\n\n');
  expect(first).toBe(`data: {"choices":[],"created":0,"id":"","model":"","object":"",${PROMPT}}`);
  expect(second).toMatch(
    /^data: \{"choices":\[\{"content_filter_results":\{\},"delta":\{"content":"","refusal":null,"role":"assistant"\},"finish_reason":null,"index":0,"logprobs":null\}\],"created":\d+,"id":"chatcmpl-/,
  );
  expect(third).toContain(`{"content_filter_results":{"hate":${SAFE},${HARMS}},"delta":{"content":"Hello"}`);
  expect(others.slice(-2)).toEqual(['data: [DONE]', '']);
});

test('a chunk of a stream counts as one of content, and bytes are counted as they are sent', async () => {
  const mock = await startMock(SCENARIO);
  const { text } = await post(mock.origin, CLASSIC, chat({ stream: true }));
  const [entry] = mock.journal();
  const contents = text.split('\n\n').filter((event) => event.includes('"delta":{"content":"') && !event.includes('"role"'));
  expect(entry).toMatchObject({ chunksOut: contents.length, bytesOut: Buffer.byteLength(text) });
});

test('a stream is cut after so many chunks of content', async () => {
  const mock = await startMock({ ...SCENARIO, rules: [{ fault: { truncated_stream: { after_chunks: 2, end: 'clean' } } }] });
  const { text } = await post(mock.origin, CLASSIC, chat({ stream: true }));
  expect(text.match(/"delta":\{"content":"[^"]/g)).toHaveLength(2);
  expect(text).not.toContain('[DONE]');
});

test('a damaged answer is still written as Azure writes', async () => {
  const mock = await startMock({ ...SCENARIO, rules: [{ fault: 'empty_answer' }] });
  const { text } = await post(mock.origin, CLASSIC, chat());
  expect(text).toMatch(/^\{"choices":\[\],"created":\d+.*\}\n$/);
});

test('what the filters find is told of prompts and answers, and an answer that ends for them is filtered', async () => {
  const mock = await startMock({
    azure: { content_filter: { violence: 'medium' } },
    replies: [{ content: 'Hello there.', finish_reason: 'content_filter' }],
  });
  const { text } = await post(mock.origin, CLASSIC, chat());
  const { choices, prompt_filter_results: prompts } = JSON.parse(text) as {
    choices: { content_filter_results: object; finish_reason: string }[];
    prompt_filter_results: { content_filter_results: object }[];
  };
  expect(choices[0]?.finish_reason).toBe('content_filter');
  expect(choices[0]?.content_filter_results).toMatchObject({ violence: { filtered: true, severity: 'medium' } });
  expect(prompts[0]?.content_filter_results).toMatchObject({
    violence: { filtered: false, severity: 'medium' },
    hate: { filtered: false, severity: 'safe' },
  });
});

/** Names and values of the header fields, as they come off the socket. */
async function fieldsOf(port: number, path: string, stream = false): Promise<string[]> {
  const body = JSON.stringify({ model: 'mine', ...chat({ stream }) });
  const request = rawChat(body, ['Connection: close'], '1.1', path);
  const { text } = await rawExchange(port, request);
  return text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n').slice(1);
}

const namesOf = (fields: readonly string[]) => fields.map((field) => field.slice(0, field.indexOf(':')));

test('headers of the v1 surface come in the order of the captures', async () => {
  const mock = await startMock(SCENARIO);
  const fields = await fieldsOf(mock.port, V1);
  expect(namesOf(fields).filter((name) => name !== 'connection')).toEqual([
    'content-length',
    'content-type',
    'x-ms-aoai-configured-data-retention-days',
    'skip-error-remapping',
    'x-ms-is-spilled-over',
    'x-ratelimit-key',
    'x-ratelimit-remaining-requests',
    'x-ratelimit-reset-requests',
    'x-ratelimit-limit-requests',
    'x-ratelimit-renewalperiod-requests',
    'x-ratelimit-abusepenalty-active',
    'x-ratelimit-remaining-tokens',
    'x-ratelimit-reset-tokens',
    'x-ratelimit-limit-tokens',
    'x-ratelimit-renewalperiod-tokens',
    'azureai-fe-is-streaming',
    'azureai-fe-offer-type',
    'x-ms-served-model',
    'x-request-id',
    'apim-request-id',
    'strict-transport-security',
    'x-content-type-options',
    'x-ms-region',
    'date',
  ]);
  expect(fields).toEqual(
    expect.arrayContaining([
      'x-ms-aoai-configured-data-retention-days: 30',
      'x-ratelimit-key: mine',
      'x-ratelimit-renewalperiod-requests: 60',
      'x-ratelimit-abusepenalty-active: False',
      'azureai-fe-is-streaming: False',
      'azureai-fe-offer-type: paygo',
      'x-ms-served-model: gpt-4o-2024-08-06',
      'x-ms-region: West Europe',
    ]),
  );
  expect(await fieldsOf(mock.port, V1, true)).toContain('azureai-fe-is-streaming: True');
});

test('headers of the classic surface are those of the captures', async () => {
  const mock = await startMock(SCENARIO);
  const fields = await fieldsOf(mock.port, CLASSIC);
  for (const name of [
    'apim-request-id',
    'azureml-model-session',
    'x-accel-buffering',
    'x-ratelimit-limit-tokens',
    'x-request-id',
  ]) {
    expect(namesOf(fields)).toContain(name);
  }
  expect(fields).toEqual(
    expect.arrayContaining(['x-ms-deployment-name: mine', 'x-ms-rai-invoked: true', 'x-ms-region: West Europe']),
  );
});

test('limits are told in milliseconds on the classic surface, in whole seconds on v1', async () => {
  const told = async (rpm: number) => {
    const mock = await startMock({ limits: { '*': { rpm, tpm: 120_000 } } });
    const classic = await post(mock.origin, CLASSIC, chat());
    const v1 = await post(mock.origin, V1, chat(), { 'api-key': 'another' });
    return [classic, v1].map(({ headers }) => headers.get('x-ratelimit-reset-requests'));
  };
  expect(await told(120)).toEqual(['500', '0']);
  expect(await told(50)).toEqual(['1200', '1']);
  expect(await told(250)).toEqual(['240', '0']);
});

test('a limit of the scenario refuses as Azure does, and the journal knows when the bucket is full', async () => {
  const mock = await startMock({ limits: { mine: { rpm: 1 } } });
  const first = await post(mock.origin, CLASSIC, chat());
  const second = await post(mock.origin, CLASSIC, chat());
  expect([first.status, second.status]).toEqual([200, 429]);
  expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('0');
  expect(second.headers.get('retry-after')).toBe('60');
  expect(Number(second.headers.get('retry-after-ms'))).toBeGreaterThan(58_000);
  expect(second.text).toMatch(
    /^\{"error":\{"code":"RateLimitReached","message":"Your requests to mine for mine in East US have exceeded the call rate/,
  );
  const [entry] = mock.journal();
  expect((entry?.paceDueAt ?? 0) - (entry?.t_headers ?? 0)).toBeGreaterThan(58_000);
});

test('embeddings stand on several lines with a newline at the end, in numbers and in base64', async () => {
  const mock = await startMock();
  const path = '/openai/deployments/text-embedding-3-small/embeddings?api-version=2024-10-21';
  for (const encoding_format of ['float', 'base64']) {
    const { text, headers } = await post(mock.origin, path, { input: ['a', 'b'], dimensions: 3, encoding_format });
    expect(text).toMatch(/^\{\n {2}"object": "list",\n {2}"data": \[\n {4}\{\n {6}"object": "embedding",\n {6}"embedding": /);
    expect(text.endsWith('}\n')).toBe(true);
    expect(headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
    expect((JSON.parse(text) as { data: object[] }).data).toHaveLength(2);
  }
});

test('a response names the deployment, tells of its filters and not of who pays', async () => {
  const mock = await startMock(SCENARIO);
  const { text, headers } = await post(mock.origin, '/openai/v1/responses', { input: 'Hi' });
  const body = JSON.parse(text) as Record<string, unknown> & { content_filters: object[] };
  expect(Object.keys(body).slice(0, 8)).toEqual([
    'id',
    'object',
    'created_at',
    'status',
    'background',
    'completed_at',
    'content_filters',
    'error',
  ]);
  expect(body['model']).toBe('mine');
  expect(body.content_filters).toEqual([
    expect.objectContaining({ blocked: false, source_type: 'prompt', content_filter_raw: [] }),
    expect.objectContaining({
      source_type: 'completion',
      content_filter_offsets: { start_offset: 0, end_offset: 'Hello there.'.length, check_offset: 0 },
    }),
  ]);
  expect(text).toMatch(/^\{\n {2}"id": "resp_/);
  expect(text.endsWith('}')).toBe(true);
  expect(headers.get('x-ms-served-model')).toBe('gpt-4o-2024-08-06');
});

interface ResponseEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly response?: Readonly<Record<string, unknown>>;
  readonly error?: object;
}

function eventsOf(text: string): ResponseEvent[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data) as ResponseEvent);
}

test('a stream of a response has no findings before it is complete', async () => {
  const mock = await startMock(SCENARIO);
  const { text } = await post(mock.origin, '/openai/v1/responses', { input: 'Hi', stream: true });
  const told = eventsOf(text).flatMap(({ type, response }) => (response ? [[type, response['content_filters'] === null]] : []));
  expect(told).toEqual([
    ['response.created', true],
    ['response.in_progress', true],
    ['response.completed', false],
  ]);
});

test('a failure within the stream of a response comes in the order of Azure: the response first, without a reason', async () => {
  const error = {
    after_chunks: 0,
    code: 'rate_limit_exceeded',
    message: 'Your requests to the deployment have exceeded rate limit.',
  };
  const mock = await startMock({ ...SCENARIO, rules: [{ fault: { stream_error: error } }] });
  const { text } = await post(mock.origin, '/openai/v1/responses', { input: 'Hi', stream: true });
  const [failed, last] = eventsOf(text).slice(-2);
  expect(failed).toMatchObject({
    type: 'response.failed',
    response: { status: 'failed', error: null, incomplete_details: null, output: [], usage: null },
  });
  expect(last).toEqual({
    type: 'error',
    error: {
      type: 'too_many_requests',
      code: 'rate_limit_exceeded',
      headers: { 'x-ms-fe-error': 'true' },
      message: 'Your requests to the deployment have exceeded rate limit.',
      param: null,
    },
    sequence_number: (failed?.sequence_number ?? 0) + 1,
  });
});

test('a response that is stored is found again, and continued', async () => {
  const mock = await startMock(SCENARIO);
  const { text } = await post(mock.origin, '/openai/v1/responses', { input: 'Hi' });
  const { id } = JSON.parse(text) as { id: string };
  const found = await fetch(`${mock.origin}/openai/v1/responses/${id}`, { headers: { 'api-key': 'k' } });
  expect(await found.json()).toMatchObject({ id, model: 'mine' });
  const next = await post(mock.origin, '/openai/responses?api-version=2025-04-01-preview', {
    input: 'More',
    previous_response_id: id,
  });
  expect(JSON.parse(next.text)).toMatchObject({ previous_response_id: id });
});

test('the words of Foundry have 295 bytes for a name of 27 characters', async () => {
  const mock = await startMock({ azure: { region: 'West Europe' } });
  const { text } = await post(
    mock.origin,
    V1,
    { ...chat(), model: 'm'.repeat(27) },
    { 'x-mock-fault': 'rate_limit; retry_after_ms=0' },
  );
  expect(Buffer.byteLength(text)).toBe(295);
});

test('a name that no header can carry is no failure of the mock', async () => {
  const mock = await startMock();
  const { status, headers } = await post(mock.origin, V1, { ...chat(), model: 'm\r\nx-evil: 1 ä😀' });
  expect(status).toBe(200);
  expect(headers.get('x-evil')).toBeNull();
  expect(headers.get('x-ratelimit-key')).toBe('m??x-evil: 1 ???');
});

test('the same body asked of OpenAI and of Azure is answered by each in its way, in any order', async () => {
  const mock = await startMock(SCENARIO);
  const ofOpenAI = async () =>
    (await post(mock.origin, '/v1/chat/completions', { ...chat(), model: 'gpt-4o' }, { authorization: 'Bearer k' })).text;
  const ofAzure = async () => (await post(mock.origin, V1, { ...chat(), model: 'mine' })).text;
  for (let turn = 0; turn < 3; turn++) {
    expect(await ofOpenAI()).toMatch(/^\{\n {2}"id": "chatcmpl-/);
    expect(await ofAzure()).toMatch(/^\{"choices":/);
  }
});
