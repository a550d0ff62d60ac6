import { once } from 'node:events';
import { expect, test } from 'vitest';
import { http2Session, seen } from '../../support/http2-client.ts';
import { startCli } from '../../support/run-cli.ts';
import { startMock } from '../../support/start-mock.ts';

type Fields = Readonly<Record<string, string>>;

async function statusOf(mock: Parameters<typeof http2Session>[0], fields: Fields): Promise<number | undefined> {
  const stream = http2Session(mock).request({ ':path': '/__admin/journal', ...fields });
  stream.on('error', () => undefined);
  return (await seen(stream)).status;
}

test('the admin token is asked for, and is taken', async () => {
  const mock = await startMock({}, { adminToken: 'secret' });
  expect(await statusOf(mock, {})).toBe(401);
  expect(await statusOf(mock, { authorization: 'Bearer wrong' })).toBe(401);
  expect(await statusOf(mock, { authorization: 'Bearer secret' })).toBe(200);
});

test.each<[string, Fields, number]>([
  ['a page of another site', { origin: 'https://example.com' }, 403],
  ['a page whose browser tells that it is of another site', { 'sec-fetch-site': 'cross-site' }, 403],
  ['a page that has this machine under a name of its own', { ':authority': 'example.com' }, 403],
  // RFC 9113 §8.3.1: the authority replaces the field.
  [
    'a page that says one host by its authority and another by its field',
    { ':authority': 'example.com', host: 'localhost' },
    403,
  ],
  ['a page of the mock itself', { ':authority': '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' }, 200],
  ['a client that is no page', {}, 200],
])('%s is met as by HTTP/1.1', async (_, fields, status) => {
  expect(await statusOf(await startMock(), fields)).toBe(status);
});

test('workers guard it the same, and hand on its events', async () => {
  const server = await startCli(['--port', '0', '--workers', '2']);
  const mock = { origin: new URL(server.firstLine).origin, tls: undefined };
  expect(await statusOf(mock, {})).toBe(200);
  expect(await statusOf(mock, { origin: 'https://example.com' })).toBe(403);
  expect(await statusOf(mock, { ':authority': 'example.com' })).toBe(403);
  const stream = http2Session(mock).request({ ':path': '/__admin/events' });
  stream.on('error', () => undefined);
  const [headers] = await once(stream, 'response');
  expect(headers).toMatchObject({ ':status': 200, 'content-type': 'text/event-stream' });
});
