import OpenAI from 'openai';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { expect, onTestFinished, test } from 'vitest';
import { startMock } from '../support/start-mock.ts';

/* The WebSocket client of the official SDK, as its users have it. */

type Connection = InstanceType<typeof ResponsesWS>;

function connect(
  { baseURL, apiKey }: { baseURL: string; apiKey: string },
  options?: ConstructorParameters<typeof ResponsesWS>[1],
) {
  const connection = new ResponsesWS(new OpenAI({ baseURL, apiKey }), options);
  onTestFinished(() => connection.close());
  return connection;
}

/** Asks, and reads up to the end of the response or the first error. */
async function ask(connection: Connection, fields: object = {}) {
  const types: string[] = [];
  let text = '';
  let id = '';
  connection.send({ type: 'response.create', model: 'gpt-4o', input: 'Hello', ...fields });
  for await (const event of connection.stream()) {
    if (event.type === 'error') return { end: event.error.message, types, text, id, error: event.error.error };
    if (event.type === 'close') return { end: `close ${event.code}`, types, text, id };
    if (event.type !== 'message') continue;
    const { message } = event;
    types.push(message.type);
    if (message.type === 'response.output_text.delta') text += message.delta;
    if (message.type === 'response.completed') {
      ({ id } = message.response);
      return { end: message.type, types, text, id };
    }
  }
  return { end: 'over', types, text, id };
}

test('the SDK reads a stream, and goes on from a response that is not stored', async () => {
  const mock = await startMock({ replies: [{ content: 'Fine, thanks 😀' }] });
  const connection = connect(mock);
  const first = await ask(connection, { store: false });
  expect(first).toMatchObject({ end: 'response.completed', text: 'Fine, thanks 😀', id: expect.stringMatching(/^resp_/) });
  const second = await ask(connection, { store: false, previous_response_id: first.id });
  expect(second).toMatchObject({ end: 'response.completed', text: 'Fine, thanks 😀' });
  await mock.idle();
  expect(mock.journal().map(({ status, connId }) => [status, connId])).toEqual([
    [101, 1],
    [200, 1],
    [200, 1],
  ]);
});

test('the SDK sees the error of a turn, and goes on with the connection', async () => {
  const mock = await startMock({
    rules: [{ match: { endpoint: 'responses' }, first: 1, fault: { rate_limit: { retry_after: '1s' } } }],
  });
  const connection = connect(mock);
  expect(await ask(connection)).toMatchObject({
    end: expect.stringContaining('Rate limit reached'),
    error: { status: 429, error: { code: 'rate_limit_exceeded', headers: { 'retry-after': '1' } } },
  });
  expect((await ask(connection)).end).toBe('response.completed');
});

test('the SDK sees a refused handshake as an error, and does not try again', async () => {
  const mock = await startMock({ auth: { keys: ['sk-another'] } as never });
  const connection = connect({ ...mock, apiKey: 'sk-wrong' });
  const error = new Promise<Error>((resolve) => connection.on('error', resolve));
  expect((await error).message).toContain('401');
  expect(mock.journal()).toMatchObject([{ endpoint: 'responses.websocket', status: 401 }]);
});

test('without being asked to, the SDK does not connect again when its connection is cut', async () => {
  const mock = await startMock({
    rules: [{ match: { endpoint: 'responses' }, times: 1, fault: { truncated_stream: { after_chunks: 2 } } }],
  });
  const connection = connect(mock);
  const seen = await ask(connection);
  expect(seen.end).toBe('close 1006');
  expect(seen.types.filter((type) => type === 'response.output_text.delta')).toHaveLength(2);
  await mock.idle();
  expect(mock.journal()).toHaveLength(2);
});

test('asked to, the SDK connects again, and leaves it to the program to ask again', async () => {
  const mock = await startMock({
    rules: [{ match: { endpoint: 'responses' }, times: 1, fault: { websocket_close: { code: 1012 } } }],
  });
  const connection = connect(mock, { reconnect: { onReconnecting: () => undefined, initialDelay: 10 } });
  const again = new Promise<void>((resolve) => connection.on('reconnected', resolve));
  connection.on('error', () => undefined);
  connection.send({ type: 'response.create', model: 'gpt-4o', input: 'Hello' });
  await again;
  expect((await ask(connection)).end).toBe('response.completed');
  await mock.idle();
  expect(mock.journal().map(({ status, attemptSeq, connId }) => [status, attemptSeq, connId])).toEqual([
    [101, 1, 1],
    [null, 1, 1],
    [101, 1, 2],
    [200, 2, 2],
  ]);
});

test.each([1000, 1003, 1008])('the SDK takes a close with %i for final', async (code) => {
  const mock = await startMock({ rules: [{ match: { endpoint: 'responses' }, fault: { websocket_close: { code } } }] });
  const connection = connect(mock, { reconnect: { onReconnecting: () => undefined, initialDelay: 10 } });
  expect((await ask(connection)).end).toBe(`close ${code}`);
  await mock.idle();
  expect(mock.journal().filter(({ status }) => status === 101)).toHaveLength(1);
});
