import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { startServer } from '../../src/server/start.ts';
import { rawChat } from '../support/raw-http.ts';

const CHAT = rawChat(JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }));

test.each([
  ['one that waits', { latency: { ttft: '100ms' } }, 1],
  ['several that came at once', {}, 3],
])('a server that ends lets requests finish, and does not wait for the client to hang up: %s', async (_what, data, requests) => {
  const server = await startServer({ source: { file: 'scenario', data }, host: '127.0.0.1', port: 0 });
  const socket = connect(server.port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (part) => {
    text += part;
  });
  socket.write(CHAT.repeat(requests));
  await expect.poll(() => server.engine.defaultSession.kept).toBeGreaterThan(0);
  const ended = once(socket, 'close');
  // Far longer than a test may last.
  await server.close(600_000);
  await ended;
  expect(text.match(/HTTP\/1\.1 200 /g)).toHaveLength(requests);
  expect(text.endsWith('0\r\n\r\n')).toBe(true);
});
