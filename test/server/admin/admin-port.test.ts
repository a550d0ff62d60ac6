import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { chatBy, http2Session, seen } from '../../support/http2-client.ts';
import { postChat, startMock } from '../../support/start-mock.ts';

test('the admin API listens apart, and the port of the API does not have it', async () => {
  const mock = await startMock({}, { adminPort: 0 });
  expect(new URL(mock.adminURL).port).not.toBe(String(mock.port));
  expect((await fetch(`${mock.adminURL}/health`)).status).toBe(200);
  expect((await fetch(new URL('/metrics', mock.adminURL))).status).toBe(200);
  for (const path of ['/__admin/health', '/s/a/__admin/calls', '/metrics']) {
    const answer = await fetch(mock.origin + path, { headers: { authorization: `Bearer ${mock.apiKey}` } });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  }
  expect((await fetch(new URL('/v1/models', mock.adminURL))).status).toBe(404);
});

test('sessions that are made there are at the port of the API', async () => {
  const mock = await startMock({}, { adminPort: 0 });
  const made = (await (await fetch(`${mock.adminURL}/sessions`, { method: 'POST' })).json()) as { base_url: string };
  expect(made.base_url).toBe(`${mock.origin}/s/s1/v1`);
});

test('it stays up while the scenario has the server down, and brings it back', async () => {
  const mock = await startMock({ rules: [{ name: 'deploy', during: '0s..1h', fault: 'server_down' }] }, { adminPort: 0 });
  await expect(postChat(mock)).rejects.toThrow('fetch failed');
  const verdict = (await (await fetch(`${mock.adminURL}/verdict`)).json()) as { downtimes: object[] };
  expect(verdict.downtimes).toMatchObject([{ rule: 'deploy', cut: 1, toMs: null, lastBeforeMs: 0 }]);
  expect((await fetch(`${mock.adminURL}/scenario`, { method: 'PUT', body: '{}' })).status).toBe(200);
  expect((await postChat(mock)).status).toBe(200);
});

test('without a port of its own it goes down with the rest, once it has answered', async () => {
  const mock = await startMock();
  const body = 'clock: start\nrules: [{ during: 0s..300ms, fault: server_down }]';
  const answer = await fetch(`${mock.origin}/__admin/scenario`, { method: 'PUT', body });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toHaveProperty('seed');
  for (;;) {
    const health = await fetch(`${mock.origin}/__admin/health`).catch(() => undefined);
    if (health?.status === 200) break;
    await sleep(10);
  }
});

test.each([{}, { tls: true }])('it speaks HTTP/2, too, and stays up while the API is down: %j', async (options) => {
  const rules = [{ name: 'deploy', during: '0s..1h' as const, fault: 'server_down' as const }];
  const mock = await startMock({ rules }, { ...options, adminPort: 0 });
  const admin = http2Session({ origin: new URL(mock.adminURL).origin, tls: mock.tls });
  const get = async (path: string) => seen(admin.request({ ':path': path }).on('error', () => undefined));
  expect(await get('/__admin/health')).toMatchObject({ status: 200, ending: 'complete' });
  expect(await get('/v1/models')).toMatchObject({ status: 404 });
  expect(await chatBy(http2Session(mock), mock)).toMatchObject({ status: undefined });
  const verdict = await get('/__admin/verdict');
  expect(JSON.parse(verdict.text).downtimes).toMatchObject([{ rule: 'deploy', cut: 1 }]);
  const put = admin.request({ ':method': 'PUT', ':path': '/__admin/scenario' }).on('error', () => undefined);
  put.end('{}');
  expect(await seen(put)).toMatchObject({ status: 200 });
  expect(await chatBy(http2Session(mock), mock)).toMatchObject({ status: 200 });
});

test('a mock that closes does not wait for those who keep a connection to it open', async () => {
  const mock = await startMock({}, { adminPort: 0, tls: true });
  const admin = http2Session({ origin: new URL(mock.adminURL).origin, tls: mock.tls });
  expect(await seen(admin.request({ ':path': '/__admin/health' }))).toMatchObject({ status: 200 });
  await mock.close();
  expect(admin.closed || admin.destroyed).toBe(true);
});
