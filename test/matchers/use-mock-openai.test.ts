import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { createMockOpenAI, matchers } from '../../src/index.ts';
import { useMockOpenAI } from '../../src/vitest.ts';
import { journalOf } from '../support/exchanges.ts';
import { postChat } from '../support/start-mock.ts';

const mock = useMockOpenAI({ scenario: { rules: [{ first: 1, fault: 'server_error' }] } });

/** What it says when a matcher fails. */
function complaint(assert: () => void): string {
  try {
    assert();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('the matcher did not complain');
}

const early = complaint(() => void mock.baseURL);

/** The message without the numbers of the day. */
function steady(message: string): string {
  return message.replace(/\d\.\d{2,3} s/g, 'N s').replace(/#\d+/g, '#N');
}

function ask(maxRetries: number, baseURL = mock.baseURL) {
  const client = new OpenAI({ baseURL, apiKey: mock.apiKey, maxRetries });
  return client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] });
}

/** Asks again after each of the waits, under one name. */
async function askAfter(waits: readonly number[], headers: Record<string, string> = {}): Promise<void> {
  const target = { baseURL: mock.callURL('mine'), apiKey: mock.apiKey };
  await (await postChat(target, {}, headers)).text();
  for (const ms of waits) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await (await postChat(target, {}, headers)).text();
  }
}

test.each([1, 2])('the mock is reset before each test (%i)', async () => {
  expect(mock).toHaveReceivedAttempts(0);
  expect((await postChat(mock)).status).toBe(500);
  expect((await postChat(mock)).status).toBe(200);
});

test('cannot be read before it has started', () => {
  expect(early).toBe('Failed to read mock.baseURL: the mock starts in beforeAll. Read it inside of a test or a hook.');
});

test('counts calls and attempts', async () => {
  await ask(1);
  expect(mock).toHaveReceivedCalls(1);
  expect(mock).toHaveReceivedAttempts(2);
  expect(mock).not.toHaveReceivedAttempts(1);
  expect(steady(complaint(() => expect(mock).toHaveReceivedAttempts(3)))).toMatchInlineSnapshot(`
    "expected the client to make 3 attempts, but it made 2
      #N: 500 → N s → 200"
  `);
});

test('toHaveHonouredRetryAfter wants each retry to wait as asked', async () => {
  await askAfter([120], { 'x-mock-fault': 'rate_limit; retry_after_ms=100' });
  expect(mock).toHaveHonouredRetryAfter();
  mock.reset();
  await askAfter([20], { 'x-mock-fault': 'rate_limit; retry_after=2s' });
  expect(mock).not.toHaveHonouredRetryAfter();
  expect(steady(complaint(() => expect(mock).toHaveHonouredRetryAfter()))).toMatchInlineSnapshot(`
    "expected the client to wait as long as answers asked, but 1 of 1 retry came too early, by up to N s
      mine: 429 Retry-After 2 → N s → 429 Retry-After 2"
  `);
});

test('toHaveHonouredRetryAfter fails both ways when nothing was asked for', async () => {
  await ask(1);
  expect(steady(complaint(() => expect(mock).toHaveHonouredRetryAfter()))).toMatchInlineSnapshot(`
    "expected the client to wait as long as answers asked, but that cannot be told: no retry followed an answer that asked for a wait
      #N: 500 → N s → 200"
  `);
  expect(() => expect(mock).not.toHaveHonouredRetryAfter()).toThrow('that cannot be told');
});

/** What a mock received of one call that failed each time, and waited so long in between. */
function received(waits: readonly number[]) {
  const tookMs = 10;
  const starts = [0, ...waits].map((_wait, nth) => waits.slice(0, nth).reduce((at, ms) => at + ms + tookMs, 0));
  const entries = journalOf(starts.map((at) => ({ call: 'mine', at, tookMs, status: 500 })));
  return { journal: () => entries, calls: () => [], verdict: () => undefined };
}

test('toHaveBackedOff tells waits that grow from waits that do not', () => {
  expect(received([60, 120, 240])).toHaveBackedOff({ factor: 2 });
  expect(received([150, 150, 150, 150])).not.toHaveBackedOff();
  expect(complaint(() => expect(received([150, 150, 150, 150])).toHaveBackedOff())).toMatchInlineSnapshot(`
    "expected the client to back off by a factor of 2, but its 4 waits do not grow by that
      path:mine: 5 × 500 server_error, each after 0.15 s"
  `);
  expect(received([0, 0, 0])).not.toHaveBackedOff();
});

test('toHaveBackedOff fails both ways on too few waits, and on options that are none', async () => {
  await ask(1);
  expect(() => expect(mock).toHaveBackedOff()).toThrow('that cannot be told: no call has two waits');
  expect(() => expect(mock).not.toHaveBackedOff()).toThrow('that cannot be told');
  expect(() => expect(mock).toHaveBackedOff({ factor: 1 })).toThrow('factor: expected a number above 1, found 1');
  const misspelt = { fator: 2 } as object;
  expect(() => expect(mock).toHaveBackedOff(misspelt)).toThrow('unknown option "fator". Did you mean "factor"?');
});

test('the official SDK backs off', async () => {
  mock.use({ fault: 'server_error' });
  await ask(3).catch(() => {});
  expect(mock).toHaveReceivedAttempts(4);
  expect(mock).toHaveBackedOff({ factor: 2 });
});

test('toHaveFailedOver wants each call that failed to go on elsewhere', async () => {
  const send = (model: string) =>
    fetch(`${mock.baseURL}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] }),
    }).then((response) => response.text());
  mock.use({ match: { model: 'gpt-4o' }, fault: 'overloaded' });
  expect(() => expect(mock).toHaveFailedOver()).toThrow('that cannot be told');
  await send('gpt-4o');
  await send('gpt-4o-mini');
  expect(mock).toHaveFailedOver();
  mock.reset();
  mock.use({ match: { model: 'gpt-4o' }, fault: 'overloaded' });
  await send('gpt-4o');
  expect(() => expect(mock).toHaveFailedOver()).toThrow('that cannot be told');
});

test('toHaveWastedAtMost bounds the tokens that were of no use', async () => {
  expect(() => expect(mock).toHaveWastedAtMost('5%')).toThrow('nothing was billed');
  mock.use([{ first: 1, fault: 'lost_answer' }, { fault: 'ok' }]);
  await ask(1);
  expect(mock).toHaveWastedAtMost(0.5);
  expect(mock).not.toHaveWastedAtMost('49%');
  expect(() => expect(mock).toHaveWastedAtMost('49%')).toThrow(/tokens? were of no use/);
  expect(() => expect(mock).toHaveWastedAtMost('much')).toThrow("expected a share such as '5%' or 0.05");
});

test('toHaveNotRetried wants one attempt a call', async () => {
  expect(() => expect(mock).toHaveNotRetried()).toThrow('no request reached the mock');
  await ask(0).catch(() => {});
  expect(mock).toHaveNotRetried();
  mock.reset();
  await ask(1);
  expect(mock).not.toHaveNotRetried();
  expect(steady(complaint(() => expect(mock).toHaveNotRetried()))).toMatchInlineSnapshot(`
    "expected the client not to retry, but it retried 1 of 1 call
      #N: 500 → N s → 200"
  `);
});

test('toPassVerdict judges by the rules of good retrying, under a policy', async () => {
  expect(() => expect(mock).toPassVerdict()).toThrow('not exercised');
  expect(() => expect(mock).not.toPassVerdict()).toThrow('not exercised');
  await askAfter([20], { 'x-mock-fault': 'rate_limit; retry_after=2s' });
  expect(mock).not.toPassVerdict();
  expect(complaint(() => expect(mock).toPassVerdict())).toMatch(/never_early: .*\n {4}attempt 1: 429 Retry-After 2 → attempt 2/);
  expect(complaint(() => expect(mock).toPassVerdict('strict-ser'))).toContain('Did you mean "strict-sre"?');
});

test('a session is judged by itself', async () => {
  const session = mock.session();
  await ask(1, session.baseURL);
  expect(session).toHaveReceivedAttempts(2);
  expect(mock).toHaveReceivedCalls(0);
});

test('a request in flight is told of', async () => {
  const answer = postChat(mock, {}, { 'x-mock-fault': 'latency; for=400ms' });
  await expect.poll(() => mock.journal().length).toBe(1);
  expect(complaint(() => expect(mock).toHaveReceivedAttempts(2))).toContain('1 request is not over yet: await mock.idle() first');
  await answer;
});

test('what is no mock is refused', () => {
  expect(() => expect(5).toHaveNotRetried()).toThrow('expected a mock or a session of one, found 5');
});

test('the types of the matchers are known', () => {
  const typed = () => {
    // @ts-expect-error a count is a number
    expect(mock).toHaveReceivedCalls('1');
    // @ts-expect-error there is no such key
    expect(mock).toHaveBackedOff({ facto: 2 });
    expect(mock).not.toPassVerdict({ rules: { never_early: 'off' } });
  };
  expect(typed).toBeTypeOf('function');
});

test('Jest can use the matchers as they are', () => {
  const { pass, message } = matchers.toHaveReceivedCalls.call({ isNot: false }, mock, 3);
  expect([pass, message()]).toEqual([false, 'expected the client to make 3 calls, but it made 0 calls']);
});

test('the matchers of a mock with providers look at all of its services', async () => {
  await using several = await createMockOpenAI({
    scenario: { providers: { primary: { rules: [{ fault: { rate_limit: { retry_after: '1s' } } }] }, backup: {} } },
  });
  for (const { baseURL } of Object.values(several.providers)) await (await postChat({ baseURL, apiKey: several.apiKey })).text();
  expect(several).toHaveReceivedCalls(1);
  expect(several).toHaveReceivedAttempts(2);
  expect(several).not.toHaveNotRetried();
  expect(several.providers['primary']).toHaveReceivedAttempts(1);
});
