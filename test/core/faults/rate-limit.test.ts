import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limitKinds } from '../../../src/core/openai/request/rate-limit-account.ts';
import { formatGoDuration, parseDuration } from '../../../src/core/units/duration.ts';
import { applyFault, errorOf } from '../../support/apply-fault.ts';
import { type Collected, headerOf } from '../../support/effects.ts';
import { apiRequest, replyContext } from '../../support/reply-context.ts';

const MESSAGE =
  /^Rate limit reached for (\S+)(?: \(for limit \S+\))? in organization (org-\w{24}) on (tokens|requests) per (min|day) \(([TR]P[MD])\): Limit (\d+), Used (\d+), Requested (\d+)\. Please try again in (\S+)\. Visit https:\/\/platform\.openai\.com\/account\/rate-limits to learn more\.$/;

function numbersOf(reply: Collected) {
  const match = MESSAGE.exec(String(errorOf(reply)['message']));
  if (match === null) throw new Error(`unexpected message: ${reply.text}`);
  const [, model, organization, unit, window, short, limit, used, requested, wait] = match;
  const windowMs = window === 'min' ? 60_000 : 86_400_000;
  const numbers = {
    limit: Number(limit),
    used: Number(used),
    requested: Number(requested),
  };
  const waitMs = Math.round(parseDuration(wait ?? '') ?? Number.NaN);
  const impliedMs = ((numbers.used + numbers.requested - numbers.limit) * windowMs) / numbers.limit;
  return {
    ...numbers,
    model,
    organization,
    unit,
    short,
    wait,
    waitMs,
    windowMs,
    impliedMs,
  };
}

test('the default is one second on requests per minute', () => {
  const reply = applyFault('rate_limit');
  expect(reply.text).toBe(`{
  "error": {
    "message": "Rate limit reached for gpt-4o in organization ${replyContext().identity.organizationId} on requests per min (RPM): Limit 60, Used 60, Requested 1. Please try again in 1s. Visit https://platform.openai.com/account/rate-limits to learn more.",
    "type": "requests",
    "param": null,
    "code": "rate_limit_exceeded"
  }
}`);
  expect(reply.head.headers.filter(([name]) => /^(x-ratelimit|retry-after)/.test(name))).toEqual([
    ['retry-after', '1'],
    ['x-ratelimit-limit-requests', '60'],
    ['x-ratelimit-limit-tokens', '30000'],
    ['x-ratelimit-remaining-requests', '0'],
    ['x-ratelimit-remaining-tokens', '29996'],
    ['x-ratelimit-reset-requests', '1m0s'],
    ['x-ratelimit-reset-tokens', '8ms'],
  ]);
});

test('tokens per minute name the limit of the lowest tier', () => {
  const reply = applyFault('rate_limit', {
    limit: 'tokens',
    retry_after: '2s',
  });
  expect(errorOf(reply)).toMatchObject({
    type: 'tokens',
    param: null,
    code: 'rate_limit_exceeded',
  });
  expect(numbersOf(reply)).toMatchObject({
    short: 'TPM',
    limit: 30_000,
    used: 30_000,
    requested: 1_000,
    wait: '2s',
  });
  expect(headerOf(reply, 'retry-after')).toBe('2');
  expect(headerOf(reply, 'x-ratelimit-remaining-tokens')).toBe('0');
  expect(headerOf(reply, 'x-ratelimit-reset-tokens')).toBe('1m0s');
  expect(headerOf(reply, 'x-ratelimit-limit-requests')).toBe('500');
});

test('a request that is large enough asks for its own count', () => {
  const content = 'x'.repeat(4 * 11_156);
  const request = apiRequest({
    body: { model: 'gpt-4.1', messages: [{ role: 'user', content }] },
  });
  const reply = applyFault('rate_limit', { limit: 'tokens', retry_after: '174ms' }, { request });
  expect(numbersOf(reply)).toMatchObject({
    limit: 30_000,
    used: 18_928,
    requested: 11_159,
    wait: '174ms',
  });
  expect(headerOf(reply, 'retry-after')).toBe('1');
  expect(headerOf(reply, 'x-ratelimit-remaining-tokens')).toBe(String(30_000 - 18_928));
});

test.each([
  ['requests', '20s', 3, '20s'],
  ['requests', '120ms', 500, '120ms'],
  ['requests_per_day', '432s', 200, '7m12s'],
  ['requests_per_day', '8.64s', 10_000, '8.64s'],
  ['requests_per_day', '1m26.4s', 1_000, '1m26.4s'],
] as const)('%s with a wait of %s has limit %i', (limit, retry_after, expected, wait) => {
  const numbers = numbersOf(applyFault('rate_limit', { limit, retry_after }));
  expect(numbers).toMatchObject({
    limit: expected,
    used: expected,
    requested: 1,
    wait,
  });
  expect(Math.floor(numbers.impliedMs)).toBe(numbers.waitMs);
});

test('a snapshot says whose limit it shares', () => {
  const request = apiRequest({
    body: {
      model: 'gpt-4.1-2025-04-14',
      messages: [{ role: 'user', content: 'Hi' }],
    },
  });
  const { message } = errorOf(applyFault('rate_limit', {}, { request }));
  expect(message).toContain('Rate limit reached for gpt-4.1-2025-04-14 (for limit gpt-4.1) in organization org-');
});

test('daily limits show daily buckets', () => {
  const tokens = applyFault('rate_limit', {
    limit: 'tokens_per_day',
    retry_after: '10m',
  });
  expect(numbersOf(tokens)).toMatchObject({
    short: 'TPD',
    unit: 'tokens',
    limit: 90_000,
    wait: '10m0s',
  });
  expect(headerOf(tokens, 'x-ratelimit-reset-tokens')).toBe('24h0m0s');
  const requests = applyFault('rate_limit', {
    limit: 'requests_per_day',
    retry_after: '10m',
  });
  expect(errorOf(requests)['type']).toBe('requests');
  expect(headerOf(requests, 'x-ratelimit-reset-requests')).toBe('24h0m0s');
});

test('a wait that the window cannot hold is in the header alone', () => {
  for (const limit of ['requests', 'tokens'] as const) {
    const reply = applyFault('rate_limit', { limit, retry_after: '90s' });
    expect(numbersOf(reply)).toMatchObject({
      wait: '1m0s',
      impliedMs: 60_000,
    });
    expect(headerOf(reply, 'retry-after')).toBe('90');
  }
});

test('a wait that is no whole fraction of the window is told as near as requests come', () => {
  const reply = applyFault('rate_limit', { retry_after: '7s' });
  expect(numbersOf(reply)).toMatchObject({ limit: 9, used: 9, requested: 1, wait: '6.666s' });
  expect(headerOf(reply, 'retry-after')).toBe('7');
});

test('a raw retry_after changes the header alone', () => {
  const reply = applyFault('rate_limit', { retry_after: 'soon' });
  expect(headerOf(reply, 'retry-after')).toBe('soon');
  expect(numbersOf(reply).wait).toBe('1s');
});

test('a date and a bare retry_after_ms are waits too', () => {
  const dated = applyFault('rate_limit', { retry_after: { date: '3s' } });
  expect(numbersOf(dated).wait).toBe('3s');
  expect(headerOf(dated, 'retry-after')).toBe('Fri, 10 Jul 2026 18:54:15 GMT');
  const inMs = applyFault('rate_limit', { retry_after_ms: 750 });
  expect(numbersOf(inMs).wait).toBe('750ms');
  expect(headerOf(inMs, 'retry-after')).toBe('1');
  expect(headerOf(inMs, 'retry-after-ms')).toBe('750');
});

const MODELS = ['gpt-4o', 'gpt-4', 'gpt-4o-mini', 'gpt-5', 'o3', 'ft:anything'];

const scene = fc.record({
  limit: fc.constantFrom(...limitKinds),
  waitMs: fc.integer({ min: 1, max: 200_000 }),
  model: fc.constantFrom(...MODELS),
  characters: fc.integer({ min: 0, max: 100_000 }),
});

test('text, numbers and headers tell the same story', () => {
  fc.assert(
    fc.property(scene, ({ limit, waitMs, model, characters }) => {
      const request = apiRequest({
        body: {
          model,
          messages: [{ role: 'user', content: 'x'.repeat(characters) }],
        },
      });
      const reply = applyFault('rate_limit', { limit, retry_after: `${waitMs}ms` }, { request });
      const numbers = numbersOf(reply);
      const dimension = limit.startsWith('tokens') ? 'tokens' : 'requests';
      expect(numbers.model).toBe(model);
      expect(numbers.waitMs).toBe(Math.floor(numbers.impliedMs));
      expect(headerOf(reply, 'retry-after')).toBe(String(Math.max(1, Math.ceil(waitMs / 1_000))));
      expect(numbers.used).toBeLessThanOrEqual(numbers.limit);
      expect(numbers.requested).toBeLessThanOrEqual(numbers.limit);
      expect(numbers.used + numbers.requested).toBeGreaterThan(numbers.limit);
      expect(headerOf(reply, `x-ratelimit-limit-${dimension}`)).toBe(String(numbers.limit));
      expect(headerOf(reply, `x-ratelimit-remaining-${dimension}`)).toBe(String(numbers.limit - numbers.used));
      const resetMs = (numbers.used * numbers.windowMs) / numbers.limit;
      expect(headerOf(reply, `x-ratelimit-reset-${dimension}`)).toBe(formatGoDuration(resetMs));
      if (dimension === 'tokens' && waitMs <= numbers.windowMs) expect(numbers.waitMs).toBe(waitMs);
      if (dimension === 'requests') {
        expect(numbers.requested).toBe(1);
        const distance = (limit: number) => Math.abs(Math.floor(numbers.windowMs / limit) - waitMs);
        expect(distance(numbers.limit)).toBeLessThanOrEqual(distance(numbers.limit + 1));
        if (numbers.limit > 1) expect(distance(numbers.limit)).toBeLessThanOrEqual(distance(numbers.limit - 1));
      }
    }),
  );
});

test.each([
  [2.5, '2.5s', '2.5'],
  ['1.5', '1.5s', '1.5'],
  ['20.0', '20s', '20.0'],
] as const)('a raw retry_after that is a number of seconds is the wait of the text: %s', (raw, wait, header) => {
  const reply = applyFault('rate_limit', { retry_after: raw });
  expect(numbersOf(reply)).toMatchObject({ wait });
  expect(headerOf(reply, 'retry-after')).toBe(header);
});

test('a limit of the project names it', () => {
  const { organizationId, project } = replyContext().identity;
  const request = apiRequest({ body: { model: 'gpt-4.1-2025-04-14' } });
  expect(errorOf(applyFault('rate_limit', { scope: 'project' }, { request }))['message']).toContain(
    `Rate limit reached for gpt-4.1-2025-04-14 (for limit gpt-4.1) in project ${project} organization ${organizationId} on requests per min`,
  );
});
