import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { postChat, startMock } from '../../support/start-mock.ts';

/* What a server says of its page. What the page does is for a browser to tell: test/witnesses/live-page.test.ts. */

test('the page is one file under 80 KB, whose policy allows its own style and script alone', async () => {
  const mock = await startMock();
  const response = await fetch(`${mock.adminURL}/`);
  const text = await response.text();
  expect(response.headers.get('content-type')).toMatch(/^text\/html/);
  expect(Buffer.byteLength(text)).toBeLessThan(80 * 1024);
  expect(text).not.toMatch(/(?:src|href)="(?!data:|report")/);
  expect(text).not.toMatch(/https?:/);
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/^default-src 'none'; /);
  expect(policy).not.toMatch(/unsafe|\*/);
  for (const tag of ['style', 'script']) {
    const [[, inner = ''] = [], ...more] = text.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'));
    expect(more).toEqual([]);
    expect(policy).toContain(`${tag}-src 'sha256-${createHash('sha256').update(inner).digest('base64')}'`);
  }
});

test('without the last slash the browser is sent to it, in sessions too', async () => {
  const mock = await startMock();
  const session = mock.session();
  for (const address of [mock.adminURL, `${mock.origin}/s/${session.id}/__admin`]) {
    const response = await fetch(address, { redirect: 'manual' });
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe(`${new URL(address).pathname}/`);
    expect((await fetch(address)).status).toBe(200);
  }
});

test('a token is asked for in the way that browsers know, and is taken as a password', async () => {
  const mock = await startMock({}, { adminToken: 'secret' });
  const refused = await fetch(`${mock.adminURL}/`);
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toContain('Basic realm="mock-openai"');
  const calls = await fetch(`${mock.adminURL}/calls`);
  expect(calls.headers.get('www-authenticate')).toBe('Bearer');
  const as = (password: string) => ({ headers: { authorization: `Basic ${Buffer.from(`me:${password}`).toString('base64')}` } });
  expect((await fetch(`${mock.adminURL}/`, as('secret'))).status).toBe(200);
  expect((await fetch(`${mock.adminURL}/calls`, as('secret'))).status).toBe(200);
  expect((await fetch(`${mock.adminURL}/calls`, as('wrong'))).status).toBe(401);
});

test('the report of what happened so far is saved as a file', async () => {
  const mock = await startMock({ rules: [{ fault: 'overloaded' }] });
  await (await postChat(mock)).text();
  await mock.idle();
  const response = await fetch(`${mock.adminURL}/report`);
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w-]+\.html"$/);
  const text = await response.text();
  expect(text).toMatch(/^<!doctype html>/);
  expect(text).toContain('Arrivals');
});

interface RuleInUse {
  readonly id: string;
  readonly struck?: number;
  readonly left?: number;
  readonly paused?: true;
}

test('a rule is paused and goes on in its place, with what it counted', async () => {
  const mock = await startMock({
    rules: [
      { name: 'busy', times: 3, fault: 'overloaded' },
      { name: 'broken', fault: 'server_error' },
    ],
  });
  const status = async () => {
    const response = await postChat(mock);
    await response.text();
    return response.status;
  };
  const rules = async () =>
    ((await (await fetch(`${mock.adminURL}/rules`)).json()) as { rules: RuleInUse[] }).rules.map((rule) => ({
      ...rule,
      summary: '',
    }));
  const post = (path: string) => fetch(`${mock.adminURL}/rules/${path}`, { method: 'POST' });
  expect(await status()).toBe(503);
  expect(await rules()).toEqual([
    { id: 'busy', summary: '', struck: 1, left: 2 },
    { id: 'broken', summary: '', struck: 0 },
  ]);
  expect(await (await post('busy/pause')).json()).toEqual({ paused: ['busy'] });
  expect((await post('busy/pause')).status).toBe(200);
  expect(await status()).toBe(500);
  expect(await rules()).toEqual([
    { id: 'broken', summary: '', struck: 1 },
    { id: 'busy', summary: '', paused: true },
  ]);
  mock.use({ name: 'first', first: 1, fault: 'conflict' });
  expect(await status()).toBe(409);
  expect(await (await post('busy/resume')).json()).toEqual({ resumed: ['busy'] });
  expect((await rules()).map(({ id }) => id)).toEqual(['busy', 'first', 'broken']);
  expect([await status(), await status(), await status()]).toEqual([503, 503, 500]);
  expect((await post('bsuy/pause')).status).toBe(404);
});

test('a paused rule can be removed, and a reset brings it back', async () => {
  const mock = await startMock({ rules: [{ name: 'busy', fault: 'overloaded' }] });
  const ids = async () =>
    ((await (await fetch(`${mock.adminURL}/rules`)).json()) as { rules: RuleInUse[] }).rules.map(({ id }) => id);
  await fetch(`${mock.adminURL}/rules/busy/pause`, { method: 'POST' });
  await fetch(`${mock.adminURL}/rules/busy`, { method: 'DELETE' });
  expect(await ids()).toEqual([]);
  mock.reset();
  expect(await ids()).toEqual(['busy']);
});
