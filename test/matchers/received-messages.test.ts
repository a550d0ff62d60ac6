import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { useMockOpenAI } from '../../src/vitest.ts';
import { postChat, startMock } from '../support/start-mock.ts';

const mock = useMockOpenAI({ scenario: { record: { bodies: '2KiB', headers: true } } });

/** What it says when a matcher fails. */
function complaint(assert: () => void): string {
  try {
    assert();
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n  #')[0] ?? '') : String(error);
  }
  throw new Error('the matcher did not complain');
}

test('an object is held against the fields that it has', async () => {
  await (await postChat(mock, { temperature: 0.5, stream: false }, { 'x-tenant': 'acme' })).text();
  expect(mock).toHaveReceivedBody({ model: 'gpt-4o', messages: [{ role: 'user' }] });
  expect(mock).toHaveReceivedBody({ temperature: expect.any(Number), stream_options: undefined });
  expect(mock).toHaveReceivedBody({ model: /^gpt-/ });
  expect(mock).toHaveReceivedBody('"temperature":0.5');
  expect(mock).toHaveReceivedBody(/"content":\s*"Hello"/);
  expect(mock).not.toHaveReceivedBody({ model: 'gpt-4o-mini' });
  expect(mock).not.toHaveReceivedBody({ messages: [] });
  expect(mock).toHaveReceivedHeader('X-Tenant', 'acme');
  expect(mock).toHaveReceivedHeader('authorization');
  expect(mock).toHaveReceivedHeader('x-tenant', /^ac/);
  expect(mock).toHaveReceivedHeader('x-tenant', expect.stringContaining('me'));
  expect(mock).not.toHaveReceivedHeader('x-other');
});

test('the message names the nearest requests, and what differs', async () => {
  await (await postChat(mock, { model: 'gpt-4o-mini' })).text();
  await (await postChat(mock, { n: 2 })).text();
  expect(complaint(() => expect(mock).toHaveReceivedBody({ model: 'gpt-4o', n: 3, user: 'me' }))).toBe(
    'expected the client to send a request whose body has {"model":"gpt-4o","n":3,"user":"me"}, but none of 2 requests did\n' +
      `  request ${seqs()[1]} (POST /v1/chat/completions): /n: expected 3, found 2; /user: expected "me", found nothing\n` +
      `  request ${seqs()[0]} (POST /v1/chat/completions): /model: expected "gpt-4o", found "gpt-4o-mini"; /n: expected 3, found nothing; /user: expected "me", found nothing`,
  );
  expect(complaint(() => expect(mock).not.toHaveReceivedBody({ n: 2 }))).toBe(
    `expected the client not to send a request whose body has {"n":2}, but request ${seqs()[1]} (POST /v1/chat/completions) did`,
  );
  expect(complaint(() => expect(mock).toHaveReceivedBody({ model: /^o1/, n: expect.any(String) }))).toContain(
    'whose body has {"model":"/^o1/","n":"Any<String>"}',
  );
  expect(complaint(() => expect(mock).toHaveReceivedBody(/nothing/))).toContain('whose body has /nothing/, but');
  expect(complaint(() => expect(mock).toHaveReceivedHeader('x-tenant', 'acme'))).toContain(
    'x-tenant: expected "acme", found nothing',
  );
});

function seqs(): number[] {
  return mock.journal().map(({ seq }) => seq);
}

test('a pattern of another realm, as Jest has one for each test file, is a pattern', async () => {
  await (await postChat(mock, {}, { 'x-tenant': 'acme' })).text();
  const [good, bad] = runInNewContext('[/gpt|acme/, /nothing/]') as [RegExp, RegExp];
  expect(good).not.toBeInstanceOf(RegExp);
  expect(mock).toHaveReceivedBody(good);
  expect(mock).toHaveReceivedBody({ model: good });
  expect(mock).toHaveReceivedHeader('x-tenant', good);
  expect(mock).not.toHaveReceivedBody(bad);
  expect(mock).not.toHaveReceivedBody({ model: bad });
  expect(mock).not.toHaveReceivedHeader('x-tenant', bad);
});

test('where it cannot be told, neither it nor its opposite passes', async () => {
  expect(complaint(() => expect(mock).toHaveReceivedBody({}))).toContain('that cannot be told: no request reached the mock');
  const plain = await startMock();
  await (await postChat(plain)).text();
  expect(complaint(() => expect(plain).toHaveReceivedBody({}))).toContain('give the scenario `record: { bodies: 64KiB }`');
  expect(complaint(() => expect(plain).not.toHaveReceivedHeader('a'))).toContain('give the scenario `record: { headers: true }`');
  await (await postChat(mock)).text();
  expect(complaint(() => expect(mock).not.toHaveReceivedHeader('authorization', 'Bearer x'))).toContain(
    'ask for the field alone',
  );
  await (await postChat(mock, { messages: [{ role: 'user', content: 'a'.repeat(9_000) }] })).text();
  expect(complaint(() => expect(mock).toHaveReceivedBody({ n: 9 }))).toContain('raise record.bodies');
});
