import { expect, test } from 'vitest';
import { applyFaults } from '../../../src/core/faults/bound-fault.ts';
import { boundFault, faultNamed, faults } from '../../../src/core/faults/registry.ts';
import { quotaCodes } from '../../../src/core/openai/errors/errors.ts';
import { limitKinds } from '../../../src/core/openai/request/rate-limit-account.ts';
import { healthyReply } from '../../support/apply-fault.ts';
import { collect, headerOf } from '../../support/effects.ts';
import { apiRequest, replyContext } from '../../support/reply-context.ts';

const TERMINAL = ['end', 'close', 'reset', 'reset_stream', 'fail_handshake', 'hang'];
const everyFault = faults.map((fault) => [fault.name, fault] as const);
const errorFaults = everyFault.filter(([, { kind }]) => kind === 'error');

function replyOf(name: string, context = replyContext()) {
  const params: unknown = faultNamed(name).params.parse(undefined);
  return collect(applyFaults(healthyReply(), [boundFault({ name, params })], context));
}

test('names are unique and snake-case', () => {
  const names = faults.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z]+(_[a-z0-9]+)*$/);
});

test('the name of no fault is an error', () => {
  expect(() => faultNamed('latncy')).toThrow(new RangeError('no fault is named latncy'));
});

test.each(everyFault)('%s ends exactly once', (name) => {
  const { effects } = replyOf(name);
  expect(effects.filter(({ type }) => TERMINAL.includes(type))).toHaveLength(1);
  expect(TERMINAL).toContain(effects.at(-1)?.type);
});

test.each(everyFault)('%s does the same every time', (name) => {
  expect(replyOf(name)).toEqual(replyOf(name));
});

test.each(everyFault)('%s has a summary of one line', (_name, { summary }) => {
  expect(summary).toMatch(/^\S[^\n]{5,120}[^.\s]$/);
});

test.each(everyFault)('%s has parameters that survive JSON', (_name, { params }) => {
  const parsed: unknown = params.parse(undefined);
  expect(JSON.parse(JSON.stringify(parsed))).toEqual(parsed);
});

test.each(everyFault)('%s refuses a parameter it does not know', (_name, { params }) => {
  expect(params.safeParse({ no_such_parameter: 1 }).success).toBe(false);
});

test.each(errorFaults)('%s sends its status and as many bytes as it says', (name, { status }) => {
  const reply = replyOf(name);
  expect(reply.head?.status).toBe(status);
  // Azure says neither of a deployment that does not exist.
  if (name === 'deployment_not_found') expect(headerOf(reply, 'transfer-encoding')).toBe('chunked');
  else {
    expect(headerOf(reply, 'content-length')).toBe(String(new TextEncoder().encode(reply.text).length));
    expect(headerOf(reply, 'content-type')).toBeDefined();
  }
});

test.each(errorFaults)('%s says where its text comes from', (name, { source }) => {
  if (name === 'http_error') expect(source).toBeUndefined();
  else expect(source).toMatch(/^(https:\/\/\S+.*|unverified)$/);
});

/** Parameters and requests under which faults say what they otherwise do not. */
const VARIANTS: Readonly<Record<string, readonly object[]>> = {
  insufficient_quota: [{ era: 2025 }, ...quotaCodes.map((code) => ({ code }))],
  rate_limit: limitKinds.map((limit) => ({ limit })),
  bad_gateway: [{ body: 'json' }],
  cloudflare_timeout: [520, 522, 524].map((status) => ({ status, body: 'json' })),
};

test.each(errorFaults)('%s says the codes and types that it lists, and no others', (name, { errorCodes: says = [], params }) => {
  const requests = [apiRequest(), apiRequest({ path: '/chat/completions' })];
  const found = [{}, ...(VARIANTS[name] ?? [])].flatMap((given) =>
    requests.flatMap((request) => {
      const { head } = collect(
        applyFaults(healthyReply(), [boundFault({ name, params: params.parse(given) })], replyContext({ request })),
      );
      return [head?.errorCode, head?.errorType].filter((word) => typeof word === 'string');
    }),
  );
  const own = found.filter((word) => word !== 'invalid_request_error');
  if (name === 'http_error') expect([says, own[0]]).toEqual([[], 'server_error']);
  else expect(new Set(own)).toEqual(new Set(says));
});

/** Three fields of this name are on the wire (wire.md 2.1). */
const REPEATED = 'access-control-expose-headers';

test.each(errorFaults)('%s has every header once, but for the one that OpenAI repeats', (name) => {
  const headers = replyOf(name).head?.headers.map(([header]) => header.toLowerCase()) ?? [];
  const names = headers.filter((header) => header !== REPEATED);
  expect(new Set(names).size).toBe(names.length);
});

test.each(errorFaults)('%s answers a request without key, model or body', (name) => {
  const request = apiRequest({
    method: 'GET',
    path: '/',
    key: undefined,
    headers: {},
  });
  expect(replyOf(name, replyContext({ request })).effects.at(-1)).toEqual({
    type: 'end',
  });
});

test.each(errorFaults.filter(([, { injectedAt: strikes }]) => strikes === 'edge'))('%s shows nothing of OpenAI', (name) => {
  const names = replyOf(name).head?.headers.map(([header]) => header) ?? [];
  expect(names.filter((header) => /^(x-request-id|openai-|x-ratelimit-|set-cookie)/.test(header))).toEqual([]);
});

test.each(errorFaults.filter(([, { injectedAt: strikes, dialects }]) => strikes === 'gateway' && dialects === undefined))(
  '%s is written as the gateway writes',
  (name) => {
    const reply = replyOf(name);
    const names = reply.head?.headers.map(([header]) => header) ?? [];
    expect(headerOf(reply, 'content-type')).toBe('application/json; charset=utf-8');
    expect(headerOf(reply, 'vary')).toBe('Origin');
    expect(headerOf(reply, 'x-request-id')).toMatch(/^req_/);
    expect(names.filter((header) => /^(openai-|x-ratelimit-|retry-after)/.test(header))).toEqual([]);
  },
);

test.each(errorFaults.filter(([, { injectedAt: strikes }]) => strikes === 'api'))(
  '%s is written as the API service writes',
  (name) => {
    const reply = replyOf(name);
    expect(headerOf(reply, 'content-type')).toBe('application/json');
    expect(headerOf(reply, 'openai-processing-ms')).toMatch(/^\d+$/);
    expect(reply.text).toBe(JSON.stringify(JSON.parse(reply.text), null, 2));
  },
);

test.each(errorFaults)('%s takes the parameters of every error', (name) => {
  const params: unknown = faultNamed(name).params.parse({
    after: '250ms',
    retry_after: '1.2s',
    retry_after_ms: 1_200,
    should_retry: false,
    message: 'Not today.',
    headers: { 'X-Extra': 'yes', Server: null },
  });
  const reply = collect(applyFaults(healthyReply(), [boundFault({ name, params })], replyContext()));
  expect(reply.effects[0]).toEqual({ type: 'wait', ms: 250 });
  expect(headerOf(reply, 'retry-after')).toBe('2');
  expect(headerOf(reply, 'retry-after-ms')).toBe('1200');
  expect(headerOf(reply, 'x-should-retry')).toBe('false');
  expect(reply.head?.headers).toContainEqual(['X-Extra', 'yes']);
  expect(headerOf(reply, 'server')).toBeUndefined();
  expect(reply.text).toContain('Not today.');
});
