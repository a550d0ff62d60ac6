import { expect, test } from 'vitest';
import { rawChat, rawExchange } from '../support/raw-http.ts';
import { postChat, startMock } from '../support/start-mock.ts';

const ROOM = 1_000;
const BROKEN = { rules: [{ fault: 'overloaded' as const }] };
const FULL = 'There is no room for another session.';

test('a mock that is full of sessions says so, to the library, the admin API and requests', async () => {
  const mock = await startMock();
  const sessions = Array.from({ length: ROOM }, () => mock.session());
  expect(() => mock.session({ scenario: BROKEN })).toThrow(/^1000 sessions are open, .*await session\.close\(\)/);

  const made = await fetch(`${mock.origin}/__admin/sessions`, { method: 'POST', body: '{}' });
  const problem = { type: 'about:blank', title: FULL, status: 409, detail: expect.stringMatching(/^1000 sessions are open/) };
  expect(made.status).toBe(409);
  expect(made.headers.get('content-type')).toBe('application/problem+json');
  expect(await made.json()).toEqual(problem);
  expect((await fetch(`${mock.origin}/s/another/__admin/journal`)).status).toBe(409);

  const used = await postChat({ baseURL: `${mock.origin}/s/another/v1`, apiKey: mock.apiKey });
  expect(used.headers.get('content-type')).toBe('application/problem+json');
  expect([used.status, await used.json()]).toEqual([409, problem]);

  await sessions[0]?.close();
  expect((await postChat({ baseURL: `${mock.origin}/s/another/v1`, apiKey: mock.apiKey })).status).toBe(200);
});

test('a request for which there is no session leaves its connection in order', async () => {
  const mock = await startMock();
  for (let nth = 1; nth <= ROOM; nth++) mock.session();
  const chat = rawChat(JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] }));
  const refused = chat.replace('/v1/', '/s/another/v1/');
  const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  const sent = chat + refused + refused + chat;
  const { text } = await rawExchange(mock.port, sent, (read) => statuses(read).length === 4 && read.endsWith('0\r\n\r\n'));
  expect(statuses(text)).toEqual([200, 409, 409, 200]);
});

test('a session is closed by close(), and where its scope ends', async () => {
  const mock = await startMock();
  const open = async () => {
    const { sessions } = await (await fetch(`${mock.origin}/__admin/sessions`)).json();
    return sessions.map(({ id }: { id: string }) => id);
  };
  const first = mock.session({ scenario: BROKEN });
  {
    await using second = mock.session({ scenario: BROKEN });
    expect(await open()).toEqual(['default', first.id, second.id]);
    expect((await postChat(second)).status).toBe(503);
  }
  expect(await open()).toEqual(['default', first.id]);
  await first.close();
  await first.close();
  expect(await open()).toEqual(['default']);
});
