import { expect, test } from 'vitest';
import type { MockOpenAI } from '../../src/index.ts';
import { postChat, startMock } from '../support/start-mock.ts';

const MESSAGES = [{ role: 'user', content: 'Hello' }];

/** What a client that is written for another service sends to each endpoint, and what OpenAI does not know of it. */
const UNKNOWN: [path: string, body: object, letThrough: string[]][] = [
  [
    'chat/completions',
    { model: 'gpt-4o', messages: MESSAGES, top_k: 40, chat_template_kwargs: {} },
    ['/top_k unknown parameter', '/chat_template_kwargs unknown parameter'],
  ],
  ['chat/completions', { model: 'gpt-5.6', messages: MESSAGES, top_k: 40 }, ['/top_k unknown parameter']],
  [
    'chat/completions',
    { model: 'gpt-4o', messages: MESSAGES, response_format: { type: 'text', 'a/b': 1 } },
    ['/response_format/a~1b unknown parameter'],
  ],
  ['chat/completions', { model: 'gpt-4o', messages: MESSAGES, reasoning_effort: 'low' }, ['/reasoning_effort unknown parameter']],
  ['completions', { model: 'gpt-3.5-turbo-instruct', prompt: 'Hello', min_p: 0.1 }, ['/min_p unknown parameter']],
  ['embeddings', { model: 'text-embedding-3-small', input: 'Hello', truncate: 'END' }, ['/truncate unknown parameter']],
  ['moderations', { input: 'Hello', provider: {} }, ['/provider unknown parameter']],
  ['responses', { model: 'gpt-4o', input: 'Hello', messages: [] }, ['/messages unknown parameter']],
  ['responses', { model: 'gpt-5', input: 'Hello', reasoning: { budget: 9 } }, ['/reasoning/budget unknown parameter']],
];

async function post({ baseURL, apiKey }: MockOpenAI, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${baseURL}/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json().catch(() => undefined)) as Record<string, unknown> };
}

test.each(UNKNOWN)('lenient: unknown fields of %s pass, and are in the journal', async (path, body, letThrough) => {
  const mock = await startMock({ validation: 'lenient' });
  expect(await post(mock, path, body)).toMatchObject({ status: 200 });
  const strict = await startMock();
  expect((await post(strict, path, body)).status).toBe(400);
  expect(mock.journal()).toMatchObject([{ status: 200, letThrough }]);
  expect(strict.journal()).toMatchObject([{ status: 400, letThrough: null }]);
});

test('lenient: a wrong type, a missing field and what the model refuses are refused in the words of OpenAI', async () => {
  const mock = await startMock({ validation: 'lenient' });
  const bad = [{ temperature: 'hot', top_k: 1 }, { messages: undefined }, { model: 'o3', max_tokens: 5 }];
  for (const fields of bad) expect((await postChat(mock, fields)).status).toBe(400);
  expect(mock.journal().map(({ errorCode }) => errorCode)).toEqual([
    'invalid_type',
    'missing_required_parameter',
    'unsupported_parameter',
  ]);
  // What was refused was not let through.
  expect(mock.journal().map(({ letThrough }) => letThrough)).toEqual([null, null, null]);
});

test('F41: a fault of the API strikes a client with fields that OpenAI does not know', async () => {
  const rules = [{ fault: { rate_limit: { retry_after: '2s' } }, first: 1 }];
  const mock = await startMock({ validation: 'lenient', rules });
  expect((await postChat(mock, { top_k: 40 })).headers.get('retry-after')).toBe('2');
  expect((await postChat(mock, { top_k: 40 })).status).toBe(200);
  expect(mock.calls()).toMatchObject([{ attempts: [{ status: 429 }, { status: 200 }] }]);
});

test('a body that comes again is let through again', async () => {
  const mock = await startMock({ validation: 'lenient' });
  for (let time = 0; time < 3; time++) await postChat(mock, { top_k: 40 });
  expect(mock.journal().map(({ letThrough }) => letThrough)).toEqual(Array(3).fill(['/top_k unknown parameter']));
});

test('of thousands of unknown fields some are named, and the rest are counted', async () => {
  const mock = await startMock({ validation: 'lenient' });
  const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, place) => [`field_${place}`, place]));
  expect((await postChat(mock, many)).status).toBe(200);
  const [entry] = mock.journal();
  expect(entry?.letThrough).toHaveLength(17);
  expect(entry?.letThrough?.at(-1)).toBe('and 1984 more');
});

/** Bodies that OpenAI cannot make sense of. */
const SENSELESS: [path: string, body: object, letThrough: string[]][] = [
  ['chat/completions', {}, ['/model missing required parameter', '/messages missing required parameter']],
  [
    'chat/completions',
    { model: 'gpt-4o', messages: 5, n: 'two' },
    ['/messages invalid type', '/messages missing required parameter', '/n invalid type'],
  ],
  [
    'chat/completions',
    { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }, { role: 'robot' }, 7], temperature: 9 },
    ['/messages/1/role invalid value', '/messages/1 invalid type', '/temperature decimal above max value'],
  ],
  [
    'chat/completions',
    { model: 'text-embedding-3-small', messages: MESSAGES, n: [] },
    [expect.stringContaining('/model This is not a chat model'), '/n invalid type'] as string[],
  ],
  [
    'chat/completions',
    {
      model: 'gpt-4o',
      messages: MESSAGES,
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'nonsense' } } }],
    },
    ['/tools/0/function/parameters invalid function parameters'],
  ],
  ['completions', { prompt: { a: 1 } }, ['/model missing required parameter', '/prompt invalid type']],
  [
    'embeddings',
    { inputs: ['Hello'] },
    ['/model missing required parameter', '/input missing required parameter', '/inputs unknown parameter'],
  ],
  ['moderations', { model: 4 }, ['/model invalid type', '/input missing required parameter']],
  [
    'responses',
    { messages: MESSAGES },
    ['/model missing required parameter', '/input missing required parameter', '/messages unknown parameter'],
  ],
];

test.each(SENSELESS)('off: %s answers %j', async (path, body, letThrough) => {
  const mock = await startMock({ validation: 'off' });
  const { status, json } = await post(mock, path, body);
  expect(status, JSON.stringify(json)).toBe(200);
  expect(json).not.toHaveProperty('error', expect.objectContaining({ message: expect.anything() }));
  expect(mock.journal()).toMatchObject([{ status: 200, letThrough }]);
});

test('off: what is no JSON object is refused, and so are a wrong key and a model that is not served', async () => {
  const mock = await startMock({ validation: 'off', auth: { keys: ['sk-test-1'] }, models: ['tiny'] });
  const key = { authorization: 'Bearer sk-test-1' };
  expect((await post(mock, 'chat/completions', [], key)).status).toBe(400);
  expect((await post(mock, 'chat/completions', { model: 'huge' }, key)).status).toBe(404);
  expect((await post(mock, 'responses', { model: 'huge' }, key)).status).toBe(400);
  expect((await post(mock, 'chat/completions', { model: 'tiny' }, { authorization: 'Bearer sk-wrong' })).status).toBe(401);
  expect((await post(mock, 'chat/completions', { model: 'tiny' }, key)).json).toMatchObject({ model: 'tiny' });
});

test('off: any content type is read that holds a JSON object', async () => {
  const mock = await startMock({ validation: 'off' });
  expect((await postChat(mock, {}, { 'content-type': 'text/plain' })).status).toBe(200);
});

test('off: a stored response is what the answer went by', async () => {
  const mock = await startMock({ validation: 'off' });
  const { json } = await post(mock, 'responses', {
    model: 'gpt-4o',
    input: [{ role: 'user', content: 'Hello' }, 7],
    tools: 'all',
  });
  const items = await fetch(`${mock.baseURL}/responses/${json['id']}/input_items`, {
    headers: { authorization: `Bearer ${mock.apiKey}` },
  });
  expect(await items.json()).toMatchObject({ data: [{ role: 'user', content: [{ text: 'Hello' }] }] });
  expect((await post(mock, 'responses', { previous_response_id: json['id'], input: 'And?' })).status).toBe(200);
});

test('rules and replies see the request as it came', async () => {
  const rules = [{ match: { prompt: 'Hello' }, fault: 'overloaded' as const, first: 1 }];
  const mock = await startMock({ validation: 'off', rules, replies: [{ match: { model: 'gpt-4o' }, content: 'Yes' }] });
  const body = { model: 'gpt-4o', messages: MESSAGES, n: 'many' };
  expect((await post(mock, 'chat/completions', body)).status).toBe(503);
  expect((await post(mock, 'chat/completions', body)).json).toMatchObject({ choices: [{ message: { content: 'Yes' } }] });
});

test('unmatched_reply: error refuses what no reply speaks of, and says what it was', async () => {
  const replies = [{ match: { prompt: '*weather*' }, content: 'Rain.' }];
  const mock = await startMock({ unmatched_reply: 'error', replies });
  expect((await postChat(mock, { messages: [{ role: 'user', content: 'How is the weather?' }] })).status).toBe(200);
  const refused = await postChat(mock);
  expect(refused.status).toBe(400);
  expect(await refused.json()).toEqual({
    error: {
      message:
        'mock-openai: no reply of the scenario speaks of this request (endpoint chat.completions, model "gpt-4o", prompt "Hello"). ' +
        'Add one to `replies`, or leave out `unmatched_reply: error`.',
      type: 'invalid_request_error',
      param: null,
      code: 'unmatched_reply',
    },
  });
  expect((await post(mock, 'responses', { model: 'gpt-4o', input: 'Hello' })).status).toBe(400);
  // Replies have no say in these.
  expect((await post(mock, 'embeddings', { model: 'text-embedding-3-small', input: 'Hello' })).status).toBe(200);
  expect((await post(mock, 'moderations', { input: 'Hello' })).status).toBe(200);
});

test('what OpenAI refuses is refused in its words before any reply is looked for', async () => {
  const mock = await startMock({ unmatched_reply: 'error' });
  expect(await (await postChat(mock, { n: 'two' })).json()).toMatchObject({ error: { code: 'invalid_type' } });
});
