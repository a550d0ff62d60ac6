import { describe, expect, test } from 'vitest';
import { postChat, startMock } from '../support/start-mock.ts';

type Parsed = ReturnType<typeof JSON.parse>;

const TOOLS = [{ type: 'function', function: { name: 'find', parameters: { type: 'object', properties: {} } } }];

const SPOILT = [
  'empty_answer',
  'error_in_body',
  'null_content',
  'broken_tool_call',
  { http_error: { status: 200, body: '{"choices":[]}' } },
] as const;

describe.each(SPOILT)('%j', (fault) => {
  test.each([false, true])('is a failure, so that the next equal request is the second attempt (stream: %s)', async (stream) => {
    const mock = await startMock({ rules: [{ attempts: 1, fault }], replies: [{ content: 'Whole.' }] });
    const [first, second] = [await postChat(mock, { stream, tools: TOOLS }), await postChat(mock, { stream, tools: TOOLS })];
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(await first.text()).not.toContain('Whole');
    expect(await second.text()).toContain('Whole');
    expect(mock.calls().map(({ attempts }) => attempts.length)).toEqual([2]);
    expect(mock.journal().map(({ retryable }) => retryable)).toEqual([true, false]);
  });
});

test.each(['missing_usage', 'wrong_model'] as const)(
  '%s is no failure: the next equal request is another call',
  async (fault) => {
    const mock = await startMock({ rules: [{ fault }] });
    for (let i = 0; i < 2; i++) await (await postChat(mock)).text();
    expect(mock.calls().map(({ attempts }) => attempts.length)).toEqual([1, 1]);
  },
);

test('a client that asks at once for as long as answers are spoilt fails the verdict', async () => {
  const mock = await startMock({ rules: [{ fault: { error_in_body: { code: 429, message: 'Slow down.' } } }] });
  for (let call = 0; call < 3; call++) {
    for (let i = 0; i < 25; i++) await (await postChat(mock, { user: `user ${call}` })).text();
  }
  const { verdict, findings } = mock.verdict();
  expect(verdict).toBe('fail');
  expect(findings.filter((finding) => finding.verdict === 'fail').map(({ rule }) => rule)).toContain('bounded_attempts');
});

test('a lost answer draws from the limits as an answer that came', async () => {
  const mock = await startMock({ rules: [{ first: 1, fault: 'lost_answer' }], limits: { 'gpt-4o': { rpm: 3 } } });
  await expect(postChat(mock)).rejects.toThrow();
  const next = await postChat(mock);
  expect([next.status, next.headers.get('x-ratelimit-remaining-requests')]).toEqual([200, '1']);
  expect(mock.journal()[0]).toMatchObject({ status: null, retryable: true, closedHow: 'reset' });
});

test('a call is made where the request offers a function, and none once it has the result', async () => {
  const mock = await startMock({ rules: [{ fault: { broken_tool_call: { how: 'repeated_id' } } }] });
  const question = { role: 'user', content: 'Where?' };
  const { choices } = (await (await postChat(mock, { messages: [question], tools: TOOLS })).json()) as Parsed;
  const { message, finish_reason: reason } = choices[0];
  expect([message.tool_calls.length, reason]).toEqual([2, 'tool_calls']);
  const results = message.tool_calls.map(({ id }: Parsed) => ({ role: 'tool', tool_call_id: id, content: 'Here.' }));
  const next = (await (await postChat(mock, { messages: [question, message, ...results], tools: TOOLS })).json()) as Parsed;
  expect(next.choices[0].message.content).toEqual(expect.any(String));
});

const LINE_SEPARATOR = '\u2028';
const callOf = (argument: string) => ({ replies: [{ tool_call: { name: 'find', arguments: { argument } } }] });

test.each([false, true])(
  'a broken call is in the journal, a whole one is not, whatever is in its arguments (stream: %s)',
  async (stream) => {
    for (const [fault, broken] of [
      [{ broken_tool_call: { how: 'malformed' } }, 1],
      ['wrong_model', 0],
    ] as const) {
      const mock = await startMock({ rules: [{ fault }], ...callOf(`a${LINE_SEPARATOR}b\r\ndata: {`) });
      await (await postChat(mock, { stream, tools: TOOLS })).text();
      expect(mock.journal()[0]?.brokenCalls?.length ?? 0).toBe(broken);
    }
  },
);

test('a call is broken, however long the stream before it breaks', async () => {
  const mock = await startMock({
    rules: [{ fault: { broken_tool_call: { how: 'malformed' } } }],
    ...callOf('long '.repeat(5_000)),
  });
  const text = await (await postChat(mock, { stream: true, tools: TOOLS })).text();
  expect(text.length).toBeGreaterThan(1_000_000);
  expect(mock.journal()[0]?.brokenCalls).toHaveLength(1);
});

test('a stream of Responses is incomplete behind a line separator, which ends no line', async () => {
  const mock = await startMock({
    rules: [{ fault: { response_incomplete: { after_chunks: 2 } } }],
    replies: [{ content: `One${LINE_SEPARATOR}two, three, four and five` }],
  });
  const answer = await fetch(`${mock.baseURL}/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', input: 'Hi', stream: true }),
  });
  const events = (await answer.text()).split('\n').filter((line) => line.startsWith('data: '));
  const last = JSON.parse(events.at(-1)?.slice('data: '.length) ?? '') as Parsed;
  expect(last.type).toBe('response.incomplete');
  expect(last.response.output[0].content[0].text).toContain(LINE_SEPARATOR);
});
