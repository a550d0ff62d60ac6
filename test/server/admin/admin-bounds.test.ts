import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { createAdmin } from '../../../src/server/admin/admin.ts';
import { startServer } from '../../../src/server/start.ts';
import { startMock } from '../../support/start-mock.ts';

function admin(mock: { origin: string }, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${mock.origin}/__admin${path}`, init);
}

test('on every address, health tells who has no token only that the mock is up', async () => {
  const mock = await startMock({}, { host: '0.0.0.0', adminToken: 'secret' });
  const asked = async (headers: Record<string, string>) => (await admin(mock, '/health', { headers })).json();
  expect(await asked({})).toEqual({ status: 'ok' });
  expect(await asked({ authorization: 'Bearer secret' })).toMatchObject({ status: 'ok', scenario: 'scenario', in_flight: 0 });
});

test('a body that is longer than any scenario is refused', async () => {
  const mock = await startMock();
  const tooLong = await admin(mock, '/scenario', { method: 'PUT', body: `# ${'x'.repeat(1024 * 1024)}` });
  expect(tooLong.status).toBe(413);
  expect(await tooLong.json()).toMatchObject({
    title: 'The body is too long.',
    detail: expect.stringContaining('1048576 bytes'),
  });
});

/** Status and body of the answer to a request as it stands on the wire. */
async function answerTo(port: number, lines: readonly string[], body = ''): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end([...lines, 'host: 127.0.0.1', 'connection: close', '', body].join('\r\n'));
  let answer = '';
  for await (const piece of socket) answer += piece;
  return `${answer.slice(9, 12)} ${answer.slice(answer.indexOf('\r\n\r\n') + 4)}`;
}

test('a request needs no content-length: without a body, as of curl -X POST, and in chunks', async () => {
  const { port } = await startMock();
  expect(await answerTo(port, ['POST /__admin/reset HTTP/1.1'])).toContain('200 ');
  const inChunks = ['PUT /__admin/scenario HTTP/1.1', 'transfer-encoding: chunked'];
  expect(await answerTo(port, inChunks, '9\r\nname: abc\r\n0\r\n\r\n')).toMatch(/^200 [\s\S]*"abc"/);
  const tooLong = `100001\r\n${'#'.repeat(0x100001)}\r\n0\r\n\r\n`;
  expect(await answerTo(port, inChunks, tooLong)).toMatch(/^413 /);
});

test.each(['src', 'flaky\u0000', 'no-such-name'])(
  'a session of the name %j learns nothing of the files here',
  async (scenario) => {
    const mock = await startMock();
    const answer = await admin(mock, '/sessions', { method: 'POST', body: JSON.stringify({ scenario }) });
    expect(answer.status).toBe(422);
    expect((await answer.json()).detail).toMatch(/^no file and no bundled scenario has this name\./);
  },
);

test('what the admin API itself cannot do is told with its request', async () => {
  const failures: unknown[] = [];
  const engine = {
    session: () => {
      throw new TypeError('broken');
    },
  };
  const options = {
    engine,
    access: { host: '127.0.0.1', token: undefined },
    settled: async () => undefined,
    onEvents: () => undefined,
    onFailure: (error: unknown) => failures.push(error),
  };
  const answer = await createAdmin(options as never).fetch(new Request('http://127.0.0.1/__admin/calls'));
  expect(answer.status).toBe(500);
  expect(await answer.json()).toMatchObject({ title: 'mock-openai itself failed.', detail: 'broken' });
  expect(failures).toMatchObject([{ message: 'GET /__admin/calls failed: broken', cause: { message: 'broken' } }]);
});

test.each(['fin', 'reset'])('an upload that its client ends by %s half-way is no failure of the mock', async (how) => {
  const failures: unknown[] = [];
  const server = await startServer({ host: '127.0.0.1', port: 0, onFailure: (error) => failures.push(error) });
  await server.preload();
  const upload = 'PUT /__admin/scenario HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nname: x';
  const socket = connect(server.port, '127.0.0.1', () => socket.write(upload));
  socket.on('error', () => undefined);
  await fetch(`${server.origin}/__admin/health`);
  if (how === 'fin') socket.end();
  else socket.resetAndDestroy();
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
  expect((await fetch(`${server.origin}/__admin/health`)).status).toBe(200);
  await server.close(1_000);
  expect(failures).toEqual([]);
});
