import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { postChat } from '../support/start-mock.ts';
import { startWorkers } from '../support/start-workers.ts';

/* A server of several processes that is full. It takes a thousand sessions, each made in all of them. */

/** Statuses of requests that come at once. */
function ask(server: { baseURL: string; apiKey: string }, count: number): Promise<number[]> {
  const one = async () => {
    const response = await postChat(server);
    await response.text();
    return response.status;
  };
  return Promise.all(Array.from({ length: count }, one));
}

const BROKEN_SESSION = JSON.stringify({ scenario: { rules: [{ fault: 'overloaded' }] } });

/** Begins an upload, and leaves when the server has begun to read it. */
async function leftUpload(port: number, path: string): Promise<void> {
  const head = [`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Content-Length: 100', 'Expect: 100-continue'];
  const socket = connect(port, '127.0.0.1', () => socket.write(`${head.join('\r\n')}\r\n\r\n{`));
  await once(socket, 'data');
  socket.destroy();
}

test('a server that is full of sessions refuses another one in all processes, and serves those that were made', async () => {
  const server = await startWorkers('{}');
  const make = (body?: string) => server.admin<{ base_url: string }>('/__admin/sessions', { method: 'POST', body: body ?? null });
  const broken = await make(BROKEN_SESSION);
  let made = 1;
  const maker = async () => {
    while (made++ < 1_000) await make();
  };
  // A few at a time: a thousand connections would be most of the work.
  await Promise.all(Array.from({ length: 4 }, maker));
  await expect(make()).rejects.toThrow(/^409: .*1000 sessions are open/);
  const other = { baseURL: server.baseURL.replace('/v1', '/s/other/v1'), apiKey: server.apiKey };
  expect(await ask(other, 8)).toEqual(Array(8).fill(409));
  expect(await (await postChat(other)).json()).toMatchObject({ status: 409, title: 'There is no room for another session.' });
  expect(await ask({ ...other, baseURL: broken.base_url }, 8)).toEqual(Array(8).fill(503));
  expect(await ask(server, 8)).toEqual(Array(8).fill(200));
  await leftUpload(server.port, '/s/other/v1/chat/completions');
  await server.admin('/__admin/sessions', { method: 'DELETE' });
  expect(await ask(other, 8)).toEqual(Array(8).fill(200));
  expect(await server.admin('/__admin/health')).toMatchObject({ sessions: 2, in_flight: 0 });
  expect((await server.stop()).stderr).not.toMatch(/failed|Error/);
});
