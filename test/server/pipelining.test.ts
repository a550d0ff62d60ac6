import { expect, test } from 'vitest';
import { rawChat, rawExchange } from '../support/raw-http.ts';
import { startMock } from '../support/start-mock.ts';

const CHAT = rawChat(JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }));
const HEALTH = 'GET /__admin/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n';
const FORCED = CHAT.replace('\r\n\r\n', '\r\nx-mock-fault: no_such_fault\r\n\r\n');

const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

test.each([
  ['the admin API', HEALTH, 200, 'chat.completion'],
  ['a wrong x-mock-fault', FORCED, 400, 'x-mock-fault header is wrong'],
])('%s and OpenAI are answered in turn on one connection', async (_who, first, status, said) => {
  const mock = await startMock();
  const sent = [first, CHAT, HEALTH, first, CHAT].join('');
  const { text } = await rawExchange(mock.port, sent, (read) => statuses(read).length === 5 && read.endsWith('0\r\n\r\n'));
  expect(statuses(text)).toEqual([status, 200, 200, status, 200]);
  expect(text).toContain(said);
  expect(mock.journal().map((entry) => [entry.status, entry.closedBy])).toEqual([
    [200, null],
    [200, null],
  ]);
});

test.each([
  ['connection: close', { rules: [{ first: 1, fault: { rate_limit: { headers: { connection: 'close' } } } }] }, CHAT, 429],
  ['a body that is too long', { max_body: '1KiB' }, rawChat('x'.repeat(3_000)), 413],
])('what is sent behind an answer with %s is not answered, nor noted as answered', async (_what, scenario, first, status) => {
  const mock = await startMock(scenario);
  const { text, ending } = await rawExchange(mock.port, first + CHAT);
  expect(statuses(text)).toEqual([status]);
  expect(ending).toBe('FIN');
  await mock.idle();
  // What is read after the end is not noted at all.
  const [answered, ...others] = mock.journal().map((entry) => [entry.status, entry.closedBy, entry.bytesOut > 0]);
  expect(answered).toEqual([status, null, true]);
  for (const other of others) expect(other).toEqual([null, 'server', false]);
  expect(statuses((await rawExchange(mock.port, CHAT, (read) => read.endsWith('0\r\n\r\n'))).text)).toEqual([200]);
});

test.each(['ASCII', 'Grüße 😀'])('a head is Latin-1 and a body UTF-8: %s', async (body) => {
  const mock = await startMock({ rules: [{ fault: { http_error: { status: 500, headers: { 'x-greeting': 'Grüße' }, body } } }] });
  const { bytes } = await rawExchange(mock.port, CHAT, (read) => read.includes('\r\n\r\n'));
  const [head = '', ...rest] = bytes.toString('latin1').split('\r\n\r\n');
  expect(head).toContain('x-greeting: Grüße');
  const content = Buffer.from(rest.join('\r\n\r\n'), 'latin1');
  expect(content.toString()).toBe(body);
  expect(head).toMatch(new RegExp(`content-length: ${content.length}(\r\n|$)`, 'i'));
});

test.each([
  ['the admin API', HEALTH],
  ['a wrong x-mock-fault', FORCED],
])('no request stays in flight behind a reset and %s', async (_who, second) => {
  const mock = await startMock();
  const reset = CHAT.replace('\r\n\r\n', '\r\nx-mock-fault: connection_reset\r\n\r\n');
  await rawExchange(mock.port, [reset, second, CHAT, HEALTH, CHAT].join(''));
  await mock.idle();
  expect(await (await fetch(`${mock.origin}/metrics`)).text()).toMatch(/in_flight(?:\{[^}]*\})? 0$/m);
});

test('a connection with more than 1,000 requests without an answer is reset', async () => {
  const mock = await startMock({ rules: [{ first: 1, fault: 'hang' }] });
  const { ending } = await rawExchange(mock.port, CHAT.repeat(1_500));
  expect(ending).toBe('RST');
  await mock.idle();
  expect(mock.journal().length).toBeLessThanOrEqual(1_000);
  expect(statuses((await rawExchange(mock.port, CHAT, (read) => read.endsWith('0\r\n\r\n'))).text)).toEqual([200]);
});
