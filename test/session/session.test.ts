import { expect, test } from 'vitest';
import type { Incoming } from '../../src/exchange/incoming.ts';
import { here } from '../../src/session/maybe-promise.ts';
import { drive } from '../support/drive.ts';
import { performed } from '../support/performed.ts';
import { postChat, startMock } from '../support/start-mock.ts';

const ask = async (mock: Parameters<typeof postChat>[0], body: object) => (await postChat(mock, body)).text();

test('a stream says what the same request in one piece says', async () => {
  const mock = await startMock();
  const whole = JSON.parse(await ask(mock, {})).choices[0].message.content;
  const events = (await ask(mock, { stream: true, stream_options: { include_usage: true } }))
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'));
  const streamed = events.map((event) => JSON.parse(event.slice(6)).choices[0]?.delta.content ?? '').join('');
  expect(streamed).toBe(whole);
});

test('a tool is not called again once its result is there', async () => {
  const mock = await startMock({
    replies: [{ match: { prompt: '*weather*' }, tool_call: { name: 'get_weather', arguments: {} } }, { content: 'Sunny.' }],
  });
  const messages = [{ role: 'user', content: 'the weather?' }];
  const first = JSON.parse(await ask(mock, { messages })).choices[0].message;
  expect(first.tool_calls[0].function.name).toBe('get_weather');
  const second = await ask(mock, {
    messages: [...messages, first, { role: 'tool', tool_call_id: first.tool_calls[0].id, content: '25 °C' }],
  });
  expect(JSON.parse(second).choices[0].message.content).toBe('Sunny.');
});

test('a rule may be added with a name that is taken: both go on', async () => {
  const mock = await startMock({ rules: [{ name: 'a', fault: 'overloaded' }] });
  mock.use({ name: 'a', times: 1, fault: 'server_error' });
  expect([(await postChat(mock)).status, (await postChat(mock)).status]).toEqual([500, 503]);
});

test('requests and ids are told apart: no two answers share a request id', async () => {
  const mock = await startMock();
  const ids = await Promise.all(Array.from({ length: 300 }, async () => (await postChat(mock)).headers.get('x-request-id')));
  expect(new Set(ids).size).toBe(300);
});

test('a client that gives up on a hanging server and comes back at once is at its second attempt', async () => {
  const mock = await startMock({ rules: [{ attempts: 1, fault: 'hang' }] });
  await (await postChat(mock, {}, { 'x-mock-fault': 'ok' })).text();
  for (let i = 0; i < 5; i++) {
    const ask = (signal: AbortSignal) =>
      fetch(`${mock.baseURL}/chat/completions`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk-x', 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: `Question ${i}` }] }),
        signal,
      });
    const before = mock.journal().length;
    const patience = new AbortController();
    const given = ask(patience.signal);
    given.catch(() => undefined);
    await expect.poll(() => mock.journal().length).toBe(before + 1);
    patience.abort();
    await expect(given).rejects.toThrow();
    expect((await ask(AbortSignal.timeout(5_000))).status).toBe(200);
  }
  expect(
    mock
      .calls()
      .slice(1)
      .map(({ attempts }) => attempts.map(({ status }) => status)),
  ).toEqual(Array(5).fill([null, 200]));
});

test.each([
  ['/chat/completions', { model: 'llama-3.1-70b-instruct', max_tokens: 100_000, messages: [{ role: 'user', content: 'Hi' }] }],
  ['/chat/completions', { model: 'gpt-4o', reasoning_effort: null, messages: [{ role: 'user', content: 'Hi' }] }],
  ['/embeddings', { model: 'my-emb', input: 'x', dimensions: 3_072 }],
  ['/completions', { model: 'gpt-3.5-turbo-instruct' }],
])('%s is not refused: %j', async (path, body) => {
  const mock = await startMock();
  const headers = { authorization: 'Bearer sk-x', 'content-type': 'application/json' };
  const response = await fetch(mock.baseURL + path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status, await response.text()).toBe(200);
});

test('an equal request waits only as long as nothing of its answer was sent', () => {
  const driver = drive({ rules: [{ first: 1, fault: 'hang' }] });
  const session = driver.engine.defaultSession;
  const path = '/v1/chat/completions';
  const incoming = incomingChat(0);
  const prepared = session.prepare(incoming, { path, call: undefined, forced: undefined });
  const receive = () => here(session.receive(prepared));
  expect(session.isWaiting(prepared)).toBe(false);
  const hanging = receive();
  hanging.waits();
  expect(session.isWaiting(prepared)).toBe(true);
  hanging.finished(performed(null, { clientCloseAt: 1, closedBy: 'client', closedHow: 'fin' }));
  expect(session.isWaiting(prepared)).toBe(false);
  const answered = receive();
  answered.waits();
  answered.headSent({ type: 'head', status: 200, headers: [] });
  answered.waits();
  expect(session.isWaiting(prepared)).toBe(false);
  answered.finished(performed(2, { bytesOut: 1 }));
  expect(session.isWaiting(prepared)).toBe(false);
});

test('among many equal requests none waits for the others', () => {
  const session = drive({ rules: [{ fault: 'hang' }] }).engine.defaultSession;
  const prepared = session.prepare(incomingChat(0), { path: '/v1/chat/completions', call: undefined, forced: undefined });
  const hang = () => {
    const exchange = here(session.receive(prepared));
    exchange.waits();
    return exchange;
  };
  const hanging = Array.from({ length: 16 }, hang);
  expect(session.isWaiting(prepared)).toBe(true);
  hanging.push(hang());
  expect(session.isWaiting(prepared)).toBe(false);
  hanging[0]?.finished(performed(null, { clientCloseAt: 1, closedBy: 'client', closedHow: 'fin' }));
  expect(session.isWaiting(prepared)).toBe(true);
});

function incomingChat(at: number): Incoming {
  return {
    method: 'POST',
    target: '/v1/chat/completions',
    headers: { authorization: 'Bearer sk-x', 'content-type': 'application/json' },
    body: Buffer.from('{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]}'),
    oversized: false,
    connection: { id: 1, acceptedAt: at, requests: 1, remotePort: null },
    headersAt: at,
    bodyEndAt: at,
  };
}
