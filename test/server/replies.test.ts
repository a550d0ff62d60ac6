import { expect, test } from 'vitest';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { postChat, startMock } from '../support/start-mock.ts';
import { sharedWorkers } from '../support/start-workers.ts';
import { openSocket } from '../support/web-socket.ts';

interface Mock {
  readonly baseURL: string;
  readonly apiKey: string;
}
type Message = Readonly<Record<string, unknown>>;
type Parsed = ReturnType<typeof JSON.parse>;

const user = (content: string): Message => ({ role: 'user', content });
const TOOLS = ['find', 'read'].map((name) => ({ type: 'function', function: { name } }));

/** The message of the answer; of a failure its status and code. */
async function message(mock: Mock, messages: readonly Message[], headers: Record<string, string> = {}, fields: object = {}) {
  const response = await postChat(mock, { messages, ...fields }, headers);
  const body: Parsed = await response.json().catch(() => ({}));
  return body.choices?.[0].message ?? { content: `${response.status} ${body.error?.code}` };
}

const said = async (mock: Mock, content: string, headers: Record<string, string> = {}): Promise<string> =>
  (await message(mock, [user(content)], headers)).content;

const ONE_TWO = [{ content: 'one' }, { content: 'two' }];

test('a sequence says one step after the other, then the next reply speaks', async () => {
  const mock = await startMock({ replies: [{ sequence: ONE_TWO }, { content: 'rest' }] });
  const answers = [];
  for (const content of ['a', 'a', 'b', 'c']) answers.push(await said(mock, content));
  expect(answers).toEqual(['one', 'two', 'rest', 'rest']);
  mock.reset();
  expect(await said(mock, 'a')).toBe('one');
});

test('a retry has the step of its call, and a refused request uses none up', async () => {
  const mock = await startMock({
    replies: [{ sequence: ONE_TWO }, { content: 'rest' }],
    rules: [
      { match: { prompt: 'a' }, attempts: 1, fault: 'overloaded' },
      { match: { prompt: 'b' }, attempts: 1, fault: 'malformed_json' },
    ],
  } as never);
  const a = { 'x-client-request-id': 'a' };
  const b = { 'x-client-request-id': 'b' };
  expect(await said(mock, 'a', a)).toBe('503 server_is_overloaded');
  expect(await said(mock, 'b', b)).toBe('200 undefined');
  expect(await said(mock, 'b', b)).toBe('one');
  expect(await said(mock, 'a', a)).toBe('two');
  expect(await said(mock, 'c')).toBe('rest');
});

test('per call a call that is not content with an answer gets the next', async () => {
  const mock = await startMock({ replies: [{ sequence: [{ content: '' }, { content: 'good' }], per: 'call', repeat: true }] });
  for (const id of ['a', 'b']) {
    expect(await said(mock, id, { 'x-client-request-id': id, 'x-stainless-retry-count': '0' })).toBe('');
    expect(await said(mock, id, { 'x-client-request-id': id, 'x-stainless-retry-count': '1' })).toBe('good');
  }
});

test('per key and per model each has its own steps', async () => {
  for (const per of ['key', 'model'] as const) {
    const mock = await startMock({ replies: [{ sequence: ONE_TWO, per, repeat: true }] });
    const other = per === 'key' ? { authorization: 'Bearer sk-other-0123456789' } : {};
    const fields = per === 'model' ? { model: 'gpt-4o-mini' } : {};
    expect((await message(mock, [user('a')])).content).toBe('one');
    expect((await message(mock, [user('b')], other, fields)).content).toBe('one');
    expect((await message(mock, [user('c')])).content).toBe('two');
  }
});

/** An agent: calls what it is told to, until it gets a text. A failed request is sent again. */
async function agent(mock: Mock, task: string): Promise<string[]> {
  const messages: Message[] = [user(task)];
  const steps: string[] = [];
  for (let turn = 0; turn < 9; turn++) {
    const answer = await message(mock, messages, {}, { tools: TOOLS });
    steps.push(answer.tool_calls?.[0].function.name ?? answer.content);
    if (/^\d{3} /.test(answer.content)) continue;
    if (answer.tool_calls === undefined) return steps;
    messages.push(answer, { role: 'tool', tool_call_id: answer.tool_calls[0].id, content: `result of ${task} ${turn}` });
  }
  return steps;
}

const TOOL_STEPS = [
  { tool_call: { name: 'find', arguments: {} } },
  { tool_call: { name: 'read', arguments: {} } },
  { content: 'It is {{tool_result}}.' },
];

test('per conversation agents go through their tools side by side, over a turn that fails', async () => {
  const mock = await startMock({
    replies: [{ sequence: TOOL_STEPS, per: 'conversation' }],
    rules: [{ match: { turn: 2 }, attempts: 1, fault: 'server_error' }],
  } as never);
  const runs = await Promise.all(['Paris', 'Rome', 'Oslo'].map((task) => agent(mock, task)));
  for (const [at, task] of ['Paris', 'Rome', 'Oslo'].entries()) {
    expect(runs[at]).toEqual(['find', '500 null', 'read', `It is result of ${task} 2.`]);
  }
});

test('replies by turn call one tool after the other', async () => {
  const mock = await startMock({
    replies: [
      { match: { turn: 1 }, tool_call: { name: 'find', arguments: {} } },
      { match: { turn: 2 }, tool_call: { name: 'read', arguments: {} } },
      { content: 'Done.' },
    ],
  } as never);
  expect(await agent(mock, 'Paris')).toEqual(['find', 'read', 'Done.']);
});

test('a conversation that the mock keeps steps on, by the response before and by its name', async () => {
  const mock = await startMock({ replies: [{ sequence: ONE_TWO, per: 'conversation' }, { content: 'rest' }] });
  const ask = async (fields: object): Promise<Parsed> =>
    (
      await fetch(`${mock.baseURL}/responses`, {
        method: 'POST',
        headers: { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4o', input: 'Hi', ...fields }),
      })
    ).json();
  const text = ({ output }: Parsed) => output[0].content[0].text;
  const first = await ask({});
  const second = await ask({ previous_response_id: first.id, input: 'More' });
  const again = await ask({ previous_response_id: first.id, input: 'More' });
  const third = await ask({ previous_response_id: second.id, input: 'More' });
  expect([first, second, again, third].map(text)).toEqual(['one', 'two', 'two', 'rest']);
  const created = await fetch(`${mock.baseURL}/conversations`, {
    method: 'POST',
    headers: { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json' },
    body: '{}',
  });
  const { id: conversation } = (await created.json()) as { id: string };
  expect(text(await ask({ conversation }))).toBe('one');
  expect(text(await ask({ conversation }))).toBe('two');
  const socket = await openSocket(mock);
  const opened = await socket.ask({ input: 'By socket', store: false });
  const next = await socket.ask({ previous_response_id: (opened['response'] as Parsed).id, store: false });
  expect([opened, next].map(({ response }) => text(response))).toEqual(['one', 'two']);
});

test('a request that no step is left for is refused where replies are all there is', async () => {
  const mock = await startMock({ unmatched_reply: 'error', replies: [{ sequence: [{ content: 'one' }] }] });
  expect(await said(mock, 'a')).toBe('one');
  expect(await said(mock, 'b')).toBe('400 unmatched_reply');
  expect(mock.journal().map(({ status, refusedBy }) => [status, refusedBy])).toEqual([
    [200, null],
    [400, 'api'],
  ]);
});

test('an answer goes on where the request has the beginning of it', async () => {
  const text = 'Once upon a time there was a mock.';
  const mock = await startMock({
    replies: [{ content: text, continues: true }],
    rules: [{ match: { stream: true }, times: 1, fault: { truncated_stream: { after_chunks: 4, end: 'reset' } } }],
  } as never);
  let got = '';
  for (let attempt = 0; attempt < 2; attempt++) {
    const begun = got === '' ? [] : [{ role: 'assistant', content: got }];
    const response = await postChat(mock, { stream: true, messages: [user('Tell me.'), ...begun] });
    let read = '';
    try {
      for await (const piece of response.body ?? []) read += Buffer.from(piece).toString();
    } catch {
      // The connection is reset.
    }
    got += [...read.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join('');
  }
  expect(got).toBe(text);
  const end = async (content: unknown) => (await message(mock, [user('x'), { role: 'assistant', content }])).content;
  expect(await end('Once upon a')).toBe(' time there was a mock.');
  expect(await end([{ type: 'text', text: 'Once upon a time' }])).toBe(' there was a mock.');
  expect(await end('Something else')).toBe(text);
  expect(await end(text)).toBe('');
  expect((await message(mock, [user('x'), { role: 'assistant', content: 'Once' }, user('y')])).content).toBe(text);
  const response = await fetch(`${mock.baseURL}/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', input: [user('x'), { role: 'assistant', content: 'Once upon a time' }] }),
  });
  expect(((await response.json()) as Parsed).output[0].content[0].text).toBe(' there was a mock.');
});

test('what the request says stands for placeholders, and nothing else does', async () => {
  const content = '{{model}}|{{prompt}}|{{turn}}|{{tool_result}}|{{key}}|{{other}}|{{ model }}|{model}';
  const mock = await startMock({
    replies: [
      { match: { prompt: 'json' }, json: { asked: ['{{prompt}}', 1, null], '{{model}}': true } },
      { match: { prompt: 'tool', turn: 1 }, tool_call: { name: 'find', arguments: { of: '{{prompt}}' } } },
      { content },
    ],
  } as never);
  const call = { id: 'c', type: 'function', function: { name: 'find', arguments: '{}' } };
  const thread = [
    user('Is {{key}} there?'),
    { role: 'assistant', content: null, tool_calls: [call, { ...call, id: 'd' }] },
    { role: 'tool', tool_call_id: 'c', content: 'sunny' },
    { role: 'tool', tool_call_id: 'd', content: 'dry' },
  ];
  const key = { authorization: 'Bearer sk-secret-0123456789abcdef' };
  const masked = `sk-secre${'*'.repeat(14)}cdef`;
  const rest = '{{other}}|{{ model }}|{model}';
  expect((await message(mock, thread, key)).content).toBe(`gpt-4o|Is {{key}} there?|2|sunny\ndry|${masked}|${rest}`);
  expect(await said(mock, 'Hi', { authorization: 'Bearer short' })).toBe(`gpt-4o|Hi|1||*****|${rest}`);
  // The same body by another key is another answer.
  expect((await message(mock, thread, { authorization: 'Bearer sk-another-9876543210' })).content).toContain('|sk-anoth');
  expect(await said(mock, 'json')).toBe('{"asked":["json",1,null],"{{model}}":true}');
  expect((await message(mock, [user('tool')], {}, { tools: TOOLS })).tool_calls[0].function.arguments).toBe('{"of":"tool"}');
});

test('what is put into placeholders is bounded', async () => {
  const mock = await startMock({ replies: [{ content: '{{prompt}}'.repeat(1_000) }] });
  const { content } = await message(mock, [user('x'.repeat(300_000))], {}, { max_tokens: 16_000 });
  expect(content.length).toBeLessThanOrEqual(1_000_000);
});

test('embeddings are as long as the reply says, whatever was asked for', async () => {
  const mock = await startMock({ replies: [{ match: { endpoint: 'embeddings' }, dimensions: 3 }] });
  for (const [format, length] of [
    ['float', 3],
    ['base64', 16],
  ] as const) {
    const response = await fetch(`${mock.baseURL}/embeddings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'text-embedding-3-small', input: ['a', 'b'], dimensions: 8, encoding_format: format }),
    });
    const { data } = (await response.json()) as Parsed;
    expect(data.map(({ embedding }: Parsed) => embedding.length)).toEqual([length, length]);
  }
});

const under = sharedWorkers();

test('with workers each step goes to one call, and conversations go on in any worker', async () => {
  const steps = Array.from({ length: 30 }, (_, step) => ({ content: String(step) }));
  const workers = await under(JSON.stringify({ replies: [{ sequence: steps }, { content: 'rest' }] }));
  const answers = await Promise.all(Array.from({ length: 40 }, (_, at) => said(workers, `Question ${at}`)));
  expect(
    answers
      .filter((answer) => answer !== 'rest')
      .map(Number)
      .sort((a, b) => a - b),
  ).toEqual(steps.map((_, step) => step));
  expect(answers.filter((answer) => answer === 'rest')).toHaveLength(10);
  const agents = await under(
    JSON.stringify({
      replies: [{ sequence: TOOL_STEPS, per: 'conversation' }],
      rules: [{ match: { turn: 2 }, attempts: 1, fault: 'server_error' }],
    }),
  );
  const tasks = Array.from({ length: 8 }, (_, at) => `task ${at}`);
  const runs = await Promise.all(tasks.map((task) => agent(agents, task)));
  expect(runs).toEqual(tasks.map((task) => ['find', '500 null', 'read', `It is result of ${task} 2.`]));
});

test('with workers a request that no step is left for is refused, and counted as such', async () => {
  const workers = await under(JSON.stringify({ unmatched_reply: 'error', replies: [{ sequence: ONE_TWO }] }));
  expect([await said(workers, 'a'), await said(workers, 'b'), await said(workers, 'c')]).toEqual([
    'one',
    'two',
    '400 unmatched_reply',
  ]);
  const { entries } = await workers.admin<{ entries: JournalEntry[] }>('/__admin/journal');
  expect(entries.map(({ refusedBy }) => refusedBy)).toEqual([null, null, 'api']);
});
