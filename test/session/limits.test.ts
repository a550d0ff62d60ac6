import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { atOnce } from '../../src/core/at-once.ts';
import { policyOf } from '../../src/core/policy/policy-of.ts';
import { formatGoDuration, parseDuration } from '../../src/core/units/duration.ts';
import { bundledPath } from '../../src/scenario-files/load-scenario.ts';
import { readCalls } from '../../src/session/read-calls.ts';
import { verdictOn } from '../../src/session/verdict-on.ts';
import { errorOf } from '../support/apply-fault.ts';
import { type Driver, drive, type Received, type Sent } from '../support/drive.ts';
import { headerOf } from '../support/effects.ts';

const LIMIT_HEADERS = /^(retry-after|x-should-retry|x-ratelimit)/;

const limitHeaders = (reply: Received) =>
  Object.fromEntries((reply.head?.headers ?? []).filter(([name]) => LIMIT_HEADERS.test(name)));
const statuses = (mock: Driver, ...requests: readonly Sent[]) => requests.map((request) => mock.send(request).status);
const times = (n: number, request: Sent = {}): Sent[] => Array<Sent>(n).fill(request);
const messageOf = (reply: Received) => String(errorOf(reply)['message']);

/** The wait in the text of a 429. Milliseconds. */
const waitOf = (reply: Received) => parseDuration(/try again in (\S+)\. /.exec(messageOf(reply))?.[1] ?? '') ?? Number.NaN;

test('headers count down and refill', () => {
  const mock = drive({ limits: { 'gpt-4o': { rpm: 500, tpm: 30_000 } } });
  expect(limitHeaders(mock.send())).toEqual({
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-limit-tokens': '30000',
    'x-ratelimit-remaining-requests': '499',
    'x-ratelimit-remaining-tokens': '29996',
    'x-ratelimit-reset-requests': '120ms',
    'x-ratelimit-reset-tokens': '8ms',
  });
  expect(limitHeaders(mock.send())).toMatchObject({
    'x-ratelimit-remaining-requests': '498',
    'x-ratelimit-reset-requests': '240ms',
    'x-ratelimit-remaining-tokens': '29992',
    'x-ratelimit-reset-tokens': '16ms',
  });
  mock.clock.advance(130);
  expect(limitHeaders(mock.send())).toMatchObject({
    'x-ratelimit-remaining-requests': '498',
    'x-ratelimit-reset-requests': '230ms',
    'x-ratelimit-reset-tokens': '8ms',
  });
});

test('a stream carries the same headers as an answer in one piece', () => {
  const headers = (stream: boolean) => limitHeaders(drive({ limits: { '*': 'tier-1' } }).send({ fields: { stream } }));
  expect(headers(true)).toEqual(headers(false));
  expect(headers(true)['x-ratelimit-remaining-requests']).toBe('499');
});

test('a 429 for tokens tells one story in text and headers', () => {
  const mock = drive({ limits: { 'gpt-4.1': { rpm: 500, tpm: 30_000 } } });
  const large = (tokens: number): Sent => ({ model: 'gpt-4.1', content: 'x'.repeat(4 * (tokens - 3)) });
  mock.send(large(28_039));
  const reply = mock.send(large(3_906));
  const { organizationId } = mock.engine.defaultSession.plan.identity;
  expect(reply.status).toBe(429);
  expect(reply.text).toBe(`{
  "error": {
    "message": "Rate limit reached for gpt-4.1 in organization ${organizationId} on tokens per min (TPM): Limit 30000, Used 28039, Requested 3906. Please try again in 3.89s. Visit https://platform.openai.com/account/rate-limits to learn more.",
    "type": "tokens",
    "param": null,
    "code": "rate_limit_exceeded"
  }
}`);
  expect(limitHeaders(reply)).toEqual({
    'retry-after': '4',
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-limit-tokens': '30000',
    'x-ratelimit-remaining-requests': '499',
    'x-ratelimit-remaining-tokens': '1961',
    'x-ratelimit-reset-requests': '120ms',
    'x-ratelimit-reset-tokens': '56.078s',
  });
  mock.clock.advance(3_889);
  expect(mock.send(large(3_906)).status).toBe(429);
  mock.clock.advance(1);
  expect(mock.send(large(3_906)).status).toBe(200);
});

test.each([
  [{ rpm: 3 }, 'requests', 'requests per min (RPM): Limit 3, Used 3, Requested 1', '20s', '20'],
  [{ rpd: 200 }, 'requests', 'requests per day (RPD): Limit 200, Used 200, Requested 1', '7m12s', '432'],
  [{ rpd: 1_000 }, 'requests', 'requests per day (RPD): Limit 1000, Used 1000, Requested 1', '1m26.4s', '87'],
  [{ rpd: 10_000 }, 'requests', 'requests per day (RPD): Limit 10000, Used 10000, Requested 1', '8.64s', '9'],
  [{ tpm: 40 }, 'tokens', 'tokens per min (TPM): Limit 40, Used 40, Requested 4', '6s', '6'],
  [{ tpd: 40 }, 'tokens', 'tokens per day (TPD): Limit 40, Used 40, Requested 4', '2h24m0s', '8640'],
] as const)('the 429 of %j', (limits, type, numbers, wait, retryAfter) => {
  const mock = drive({ limits: { '*': limits } });
  let reply = mock.send();
  while (reply.status === 200) reply = mock.send();
  expect(messageOf(reply)).toContain(` on ${numbers}. Please try again in ${wait}. Visit `);
  expect(errorOf(reply)).toMatchObject({ type, param: null, code: 'rate_limit_exceeded' });
  expect(headerOf(reply, 'retry-after')).toBe(retryAfter);
  expect(headerOf(reply, `x-ratelimit-remaining-${type}`)).toBe('0');
  mock.clock.advance(waitOf(reply));
  expect(mock.send().status).toBe(200);
});

test('a daily limit hides the one per minute, unless that is the one that refuses', () => {
  const mock = drive({ limits: { '*': { rpm: 2, rpd: 10_000 } } });
  expect(limitHeaders(mock.send())).toMatchObject({
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-remaining-requests': '9999',
    'x-ratelimit-reset-requests': '8.64s',
  });
  mock.send();
  expect(limitHeaders(mock.send())).toMatchObject({
    'retry-after': '30',
    'x-ratelimit-limit-requests': '2',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': formatGoDuration(60_000),
  });
});

test('a request larger than the limit is refused without a hint', () => {
  const mock = drive({ limits: { 'gpt-4o': { tpm: 30_000, hints: { should_retry: true } } } });
  const reply = mock.send({ content: 'x'.repeat(4 * 61_334) });
  expect(reply.status).toBe(429);
  expect(messageOf(reply)).toMatch(
    /^Request too large for gpt-4o in organization org-\w{24} on tokens per min \(TPM\): Limit 30000, Requested 61337\. The input or output tokens must be reduced/,
  );
  expect(limitHeaders(reply)).toMatchObject({ 'x-should-retry': 'false', 'x-ratelimit-remaining-tokens': '30000' });
  expect(headerOf(reply, 'retry-after')).toBeUndefined();
  expect(mock.send({ content: 'x'.repeat(4 * 29_997) }).status).toBe(200);
});

test('keys and families have their own buckets, snapshots that of their alias', () => {
  const mock = drive({ limits: { '*': { rpm: 1 } } });
  const models = ['gpt-4.1', 'gpt-4o', 'gpt-4o-mini', 'gpt-4'].map((model) => ({ model }));
  expect(statuses(mock, ...models)).toEqual([200, 200, 200, 200]);
  const snapshots = ['gpt-4.1-2025-04-14', 'gpt-4o-2024-05-13', 'gpt-4o-mini-2024-07-18', 'gpt-4-0613'];
  expect(statuses(mock, ...snapshots.map((model) => ({ model })))).toEqual([429, 429, 429, 429]);
  expect(statuses(mock, { key: 'sk-other' }, { key: 'sk-other' })).toEqual([200, 429]);
  expect(messageOf(mock.send({ model: 'gpt-4.1-2025-04-14' }))).toContain(
    'Rate limit reached for gpt-4.1-2025-04-14 (for limit gpt-4.1) in organization org-',
  );
});

test('the first key that fits counts, for the model or its family', () => {
  const mock = drive({ limits: { 'gpt-4o': { rpm: 2 }, '/^gpt-4o/': { rpm: 3 }, 'gpt-*': 'tier-1' } });
  const limitOf = (model: string) => headerOf(mock.send({ model }), 'x-ratelimit-limit-requests');
  expect(['gpt-4o', 'gpt-4o-2024-08-06', 'gpt-4o-mini', 'gpt-4', 'o3'].map(limitOf)).toEqual(['2', '2', '3', '10000', '10000']);
});

test.each([
  ['tier-1', 'gpt-5', '500', '500000'],
  ['tier-2', 'gpt-5', '5000', '1000000'],
  ['tier-3', 'gpt-4', '5000', '80000'],
  ['tier-4', 'gpt-4o', '10000', '2000000'],
  ['tier-5', 'gpt-5-nano', '30000', '180000000'],
  ['free', 'gpt-4o-mini', '200', '40000'],
  ['tier-1', 'gpt-4o-mini', '10000', '200000'],
] as const)('preset %s limits %s to %s requests and %s tokens', (preset, model, requests, tokens) => {
  const reply = drive({ limits: { '*': preset } }).send({ model });
  expect(headerOf(reply, 'x-ratelimit-limit-requests')).toBe(requests);
  expect(headerOf(reply, 'x-ratelimit-limit-tokens')).toBe(tokens);
});

test('numbers beside a tier go before those of the tier', () => {
  const reply = drive({ limits: { '*': { tier: 'tier-1', tpm: 77 } } }).send();
  expect(limitHeaders(reply)).toMatchObject({ 'x-ratelimit-limit-requests': '500', 'x-ratelimit-limit-tokens': '77' });
});

test('a free account is told how to get more', () => {
  const mock = drive({ limits: { '*': 'free' } });
  expect(statuses(mock, ...times(3))).toEqual([200, 200, 200]);
  expect(messageOf(mock.send())).toMatch(
    /Limit 3, Used 3, Requested 1\. Please try again in 20s\. Visit \S+ to learn more\. You can increase your rate limit by adding a payment method to your account at https:\/\/platform\.openai\.com\/account\/billing\.$/,
  );
});

test('what no entry speaks of looks idle', () => {
  const mock = drive({ limits: { 'gpt-4o': { tpm: 100 } } });
  expect(limitHeaders(mock.send({ model: 'gpt-5' }))).toEqual(limitHeaders(drive({}).send({ model: 'gpt-5' })));
  expect(limitHeaders(mock.send())).toMatchObject({ 'x-ratelimit-limit-requests': '10000', 'x-ratelimit-limit-tokens': '100' });
  expect(limitHeaders(mock.send({ target: '/v1/models' }))).toEqual({});
});

test('project tokens are shown where they are asked for', () => {
  const mock = drive({ limits: { '*': { tpm: 1_000, project_tokens: true } } });
  const names = (mock.send().head?.headers ?? []).map(([name]) => name).filter((name) => name.startsWith('x-ratelimit'));
  expect(names).toEqual([
    'x-ratelimit-limit-project-tokens',
    'x-ratelimit-limit-requests',
    'x-ratelimit-limit-tokens',
    'x-ratelimit-remaining-project-tokens',
    'x-ratelimit-remaining-requests',
    'x-ratelimit-remaining-tokens',
    'x-ratelimit-reset-project-tokens',
    'x-ratelimit-reset-requests',
    'x-ratelimit-reset-tokens',
  ]);
  expect(headerOf(mock.send(), 'x-ratelimit-remaining-project-tokens')).toBe('992');
});

test('max_tokens counts where the documented count is asked for', () => {
  const remaining = (precount: 2025 | 'documented', fields: object) =>
    headerOf(drive({ limits: { '*': { tpm: 1_000, precount } } }).send({ fields }), 'x-ratelimit-remaining-tokens');
  expect(remaining(2025, { max_tokens: 100 })).toBe('996');
  expect(remaining('documented', { max_tokens: 100 })).toBe('900');
  expect(remaining('documented', { max_completion_tokens: 200 })).toBe('800');
  expect(remaining('documented', { max_tokens: 2 })).toBe('996');
});

test('unused tokens flow back where that is asked for', () => {
  const usedAfter = (refund_unused: boolean) => {
    const mock = drive({
      limits: { '*': { tpm: 10_000, precount: 'documented', refund_unused } },
      replies: [{ content: 'Hello there.' }],
    });
    const { total_tokens } = JSON.parse(mock.send({ fields: { max_tokens: 5_000 } }).text).usage;
    const used = 10_000 - Number(headerOf(mock.send({ fields: { max_tokens: 1 } }), 'x-ratelimit-remaining-tokens'));
    return { used: used - 4, total: total_tokens };
  };
  const { used, total } = usedAfter(true);
  expect(used).toBe(total);
  expect(usedAfter(false).used).toBe(5_000);
});

test.each([
  ['/v1/completions', { model: 'gpt-3.5-turbo-instruct', prompt: 'Hello', max_tokens: 500, messages: undefined }, 'Hello there.'],
  ['/v1/embeddings', { model: 'text-embedding-3-small', input: 'Hello', messages: undefined, dimensions: 2 }, ''],
])('unused tokens flow back on %s', (target, fields, content) => {
  const mock = drive({
    limits: { '*': { tpm: 10_000, precount: 'documented', refund_unused: true } },
    replies: content === '' ? [] : [{ content }],
  });
  const remaining = () => {
    const reply = mock.send({ target, fields });
    return [Number(headerOf(reply, 'x-ratelimit-remaining-tokens')), JSON.parse(reply.text).usage.total_tokens as number];
  };
  const [first = 0, spent = 0] = remaining();
  const [second] = remaining();
  expect(second).toBe(first - Math.min(spent, 10_000 - first));
});

test('an injected refusal asks for as many tokens as the account counts', () => {
  const mock = drive({ limits: { '*': { tpm: 10_000, precount: 'documented' } } });
  const reply = mock.send({ forced: 'rate_limit; limit=tokens', fields: { max_tokens: 500 } });
  expect(messageOf(reply)).toContain('Limit 10000, Used 10000, Requested 500. Please try again in 3s.');
});

test.each([
  [{}, { 'retry-after': '2' }],
  [{ retry_after: 'date' }, { 'retry-after': 'Fri, 10 Jul 2026 18:54:14 GMT' }],
  [{ retry_after: 'none' }, {}],
  [
    { retry_after_ms: true, should_retry: true },
    { 'retry-after': '2', 'retry-after-ms': '1500', 'x-should-retry': 'true' },
  ],
  [{ retry_after: 'none', retry_after_ms: true }, { 'retry-after-ms': '1500' }],
] as const)('hints %j', (hints, expected) => {
  const mock = drive({ limits: { '*': { rpm: 40, hints } } });
  statuses(mock, ...times(40));
  const told = Object.entries(limitHeaders(mock.send())).filter(([name]) => !name.startsWith('x-ratelimit'));
  expect(Object.fromEntries(told)).toEqual(expected);
});

test('a natural 429 is the refusal of the api layer in the journal', () => {
  const mock = drive({ limits: { '*': { rpm: 1 } }, rules: [{ times: 1, after: 1, fault: 'overloaded' }] });
  expect(statuses(mock, ...times(3))).toEqual([200, 429, 429]);
  const { engine } = mock;
  expect(engine.defaultSession.journal().at(-1)).toMatchObject({
    refusedBy: 'api',
    faultApplied: null,
    errorCode: 'rate_limit_exceeded',
    hint: { header: 'retry-after', raw: '60', dueAt: 60_000 },
  });
  mock.clock.advance(60_000);
  // The refused requests used up no occurrence of the rule.
  expect(mock.send().status).toBe(503);
});

test('the retry after a natural 429 is an attempt of the same call', () => {
  const mock = drive({ limits: { '*': { rpm: 1 } } });
  statuses(mock, { content: 'first' }, { content: 'second' });
  mock.clock.advance(60_000);
  mock.send({ content: 'second' });
  expect(atOnce(readCalls([mock.engine.defaultSession])).map(({ attempts }) => attempts.map(({ status }) => status))).toEqual([
    [200],
    [429, 200],
  ]);
});

test('natural errors, edge faults and gateway faults draw nothing; faults of the api layer do', () => {
  const drawnBy = (forced: string, request: Sent = {}) => {
    const mock = drive({ limits: { '*': { rpm: 10 } } });
    mock.send({ forced, ...request });
    return 9 - Number(headerOf(mock.send(), 'x-ratelimit-remaining-requests'));
  };
  expect(['bad_gateway', 'insufficient_quota', 'invalid_api_key', 'hang'].map((name) => drawnBy(name))).toEqual([0, 0, 0, 0]);
  expect(['ok', 'latency', 'server_error', 'latency, overloaded'].map((name) => drawnBy(name))).toEqual([1, 1, 1, 1]);
  expect(['rate_limit', 'request_too_large'].map((name) => drawnBy(name))).toEqual([0, 0]);
  expect(drawnBy('ok', { fields: { messages: [] } })).toBe(0);
});

test('an injected refusal draws what a natural one does', () => {
  const drawn = (forced: string) => {
    const mock = drive({ limits: { '*': { rpm: 10, tpm: 100, rpd: 10, failed_requests_count: true } } });
    mock.send({ forced });
    const next = mock.send();
    return ['requests', 'tokens'].map((unit) => {
      const numberOf = (what: string) => Number(headerOf(next, `x-ratelimit-${what}-${unit}`));
      return numberOf('limit') - numberOf('remaining');
    });
  };
  // Requests per day, which hide those per minute, and tokens per minute; with those of the request that asks.
  expect(drawn('rate_limit')).toEqual([1, 8]);
  expect(drawn('server_error')).toEqual([2, 8]);
});

test('an edge fault strikes a request that the limit would refuse, and draws nothing of it', () => {
  const mock = drive({ limits: { '*': { rpm: 1, failed_requests_count: true } } });
  mock.send();
  mock.clock.advance(30_000);
  expect(mock.send({ forced: 'bad_gateway' }).status).toBe(502);
  mock.clock.advance(30_000);
  expect(mock.send().status).toBe(200);
});

test('an injected rate limit has the numbers of the account, and an explicit hint changes its header alone', () => {
  const mock = drive({ limits: { '*': { rpm: 60, tpm: 12_345, hints: { retry_after_ms: true } } } });
  const tokens = mock.send({ forced: 'rate_limit; limit=tokens; retry_after=2s' });
  expect(messageOf(tokens)).toContain('Limit 12345, Used 12345, Requested 4. Please try again in 19ms.');
  expect(limitHeaders(tokens)).toMatchObject({
    'retry-after': '2',
    'retry-after-ms': '2000',
    'x-ratelimit-limit-tokens': '12345',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': '1m0s',
    'x-ratelimit-limit-requests': '60',
  });
  const requests = mock.send({ forced: 'rate_limit; retry_after=90s' });
  expect(messageOf(requests)).toContain('Limit 60, Used 60, Requested 1. Please try again in 1s.');
  expect(limitHeaders(requests)).toMatchObject({
    'retry-after': '90',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '1m0s',
    'x-ratelimit-limit-tokens': '12345',
  });
  expect(limitHeaders(mock.send({ forced: 'rate_limit' }))).toMatchObject({ 'retry-after': '1', 'retry-after-ms': '1000' });
  const daily = mock.send({ forced: 'rate_limit; limit=requests_per_day; retry_after=432s' });
  expect(messageOf(daily)).toContain('Limit 200, Used 200, Requested 1. Please try again in 7m12s.');
  expect(limitHeaders(daily)).toMatchObject({
    'x-ratelimit-limit-requests': '200',
    'x-ratelimit-reset-requests': '24h0m0s',
    'x-ratelimit-limit-tokens': '12345',
  });
  const large = mock.send({ forced: 'request_too_large' });
  expect(messageOf(large)).toContain('Limit 12345, Requested 24690.');
  expect(headerOf(large, 'x-ratelimit-limit-tokens')).toBe('12345');
});

test('what is found after admission draws, shows its buckets, and is refused by an empty one', () => {
  const mock = drive({ limits: { '*': { rpm: 2 } } });
  const image = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/bmp;base64,Qk0=' } }] }];
  const replies = times(3, { fields: { messages: image } }).map((request) => mock.send(request));
  expect(replies.map(({ status }) => status)).toEqual([400, 400, 429]);
  expect(replies.map((reply) => limitHeaders(reply)['x-ratelimit-remaining-requests'])).toEqual(['1', '0', '0']);
  const context = mock.send({ model: 'gpt-4', content: 'x'.repeat(40_000) });
  expect(errorOf(context)['code']).toBe('context_length_exceeded');
  expect(limitHeaders(context)).toEqual({});
});

test('sessions have their own buckets; reset and another scenario start them anew', () => {
  const mock = drive({ limits: { '*': { rpm: 1 } } });
  const elsewhere = { target: '/s/other/v1/chat/completions' };
  expect(statuses(mock, {}, {}, elsewhere, elsewhere)).toEqual([200, 429, 200, 429]);
  mock.engine.defaultSession.reset();
  expect(statuses(mock, {}, {}, elsewhere)).toEqual([200, 429, 429]);
  mock.engine.replaceScenario(mock.engine.scenario);
  expect(statuses(mock, {}, {})).toEqual([200, 429]);
});

test('a client that waits exactly what the 429 says is admitted next', () => {
  const mock = drive({ limits: { '*': { rpm: 7, tpm: 101, rpd: 501 } } });
  for (let i = 0; i < 200; i++) {
    const reply = mock.send();
    if (reply.status === 200) continue;
    mock.clock.advance(waitOf(reply));
    expect(mock.send().status).toBe(200);
  }
});

test('tight-limits: who waits is served, who hammers never is', () => {
  const play = (pauseMs: number) => {
    const mock = drive(readFileSync(bundledPath('tight-limits'), 'utf8'));
    expect(new Set(statuses(mock, ...times(20)))).toEqual(new Set([200]));
    const refused = mock.send();
    expect(limitHeaders(refused)).toMatchObject({ 'retry-after': '3', 'retry-after-ms': '3000' });
    expect(waitOf(refused)).toBe(3_000);
    return Array.from({ length: 20 }, () => {
      mock.clock.advance(pauseMs);
      return mock.send().status;
    });
  };
  expect(new Set(play(3_000))).toEqual(new Set([200]));
  expect(new Set(play(1_000))).toEqual(new Set([429]));
});

test('a scenario of limits is exercised once a limit has refused', () => {
  const { engine, send } = drive({ limits: { '*': { rpm: 1 } } });
  const exercised = () => verdictOn([engine.defaultSession], policyOf()).exercised;
  send();
  expect(exercised()).toBe(false);
  send();
  expect(exercised()).toBe(true);
});
