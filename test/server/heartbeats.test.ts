import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { rawChat } from '../support/raw-http.ts';
import { startMock } from '../support/start-mock.ts';

const STREAMED = JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hello' }] });

/** When each of the texts had arrived, in milliseconds since the request was written. */
async function arrivals(port: number, body: string, wanted: readonly string[]): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  const socket = connect(port, '127.0.0.1');
  let text = '';
  const startedAt = performance.now();
  socket.write(rawChat(body, ['Connection: close'], '1.1', '/v1/chat/completions'));
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    text += bytes.toString();
    for (const each of wanted) if (!seen.has(each) && text.includes(each)) seen.set(each, performance.now() - startedAt);
  });
  await new Promise((resolve) => socket.on('close', resolve));
  return seen;
}

test('a stream sends its head at once, then comments, then its first event', async () => {
  const heartbeat = { every: '100ms', text: 'still thinking' };
  const mock = await startMock({ rules: [{ fault: { latency: { for: '300ms', heartbeat } } }] });
  const seen = await arrivals(mock.port, STREAMED, ['200 OK', ': still thinking', 'data: {', '[DONE]']);
  const [head = Number.NaN, beat = Number.NaN, event = Number.NaN, done] = [...seen.values()];
  expect([...seen.keys()]).toEqual(['200 OK', ': still thinking', 'data: {', '[DONE]']);
  expect(beat).toBeGreaterThanOrEqual(99);
  expect(event).toBeGreaterThanOrEqual(299);
  expect(beat - head).toBeGreaterThan(50);
  expect(done).toBeGreaterThanOrEqual(event);
  const [entry] = mock.journal();
  expect((entry?.t_lastByte ?? 0) - (entry?.t_firstByteBefore ?? 0)).toBeGreaterThanOrEqual(299);
});

test('the head of an answer in one piece comes early, its body later', async () => {
  const mock = await startMock({ rules: [{ fault: { latency: { for: '200ms', head: 'early' } } }] });
  const seen = await arrivals(mock.port, STREAMED.replace('"stream":true', '"stream":false'), ['200 OK', 'chat.completion']);
  const [head = Number.NaN, body = Number.NaN] = [...seen.values()];
  expect(body).toBeGreaterThanOrEqual(199);
  expect(body - head).toBeGreaterThan(100);
});

test('a stream that sends signs of life only is closed when its time is over', async () => {
  const mock = await startMock({ rules: [{ fault: { hang: { for: '250ms', heartbeat: { every: '100ms', as: 'data' } } } }] });
  const seen = await arrivals(mock.port, STREAMED, ['200 OK', 'data: keep-alive', '"choices"']);
  expect([...seen.keys()]).toEqual(['200 OK', 'data: keep-alive']);
  expect(mock.journal()[0]).toMatchObject({ status: 200, chunksOut: 0, closedBy: 'server', retryable: true });
});

test('a client that leaves ends the signs of life', async () => {
  const mock = await startMock({ rules: [{ fault: { stalled_stream: { heartbeat: { every: '10ms' } } } }] });
  const socket = connect(mock.port, '127.0.0.1');
  socket.write(rawChat(STREAMED, [], '1.1', '/v1/chat/completions'));
  let beats = 0;
  await new Promise<void>((resolve) => {
    socket.on('data', (bytes) => {
      beats += bytes.toString().split(': keep-alive').length - 1;
      if (beats >= 3) resolve();
    });
  });
  socket.destroy();
  await expect.poll(() => mock.journal()[0]?.closedBy).toBe('client');
});
