import fc from 'fast-check';
import { expect, test } from 'vitest';
import { headers as profile } from '../../../../src/core/openai/dialects/openai/headers.ts';
import { fieldIn } from '../../../../src/core/wire/header-field.ts';
import { fakeClock, replyContext } from '../../../support/reply-context.ts';
import { successHeaders } from '../../../support/success-headers.ts';

const names = (set: Parameters<typeof profile.headOf>[0]) => profile.headOf(set, replyContext()).headers.map(([name]) => name);

test('headers come in the order of the wire', () => {
  const wire = successHeaders({ limits: false }).filter((name) => name !== 'transfer-encoding');
  expect(
    names({
      layer: 'api',
      extra: [
        ['X-Mine', '1'],
        ['Retry-After', '1'],
        ['content-type', 'application/json'],
      ],
    }),
  ).toEqual([...wire.toSpliced(wire.indexOf('cf-ray'), 0, 'Retry-After'), 'X-Mine']);
});

test('the gateway names neither time nor account', () => {
  expect(names({ layer: 'gateway' })).toEqual([
    'date',
    'connection',
    'cf-ray',
    'cf-cache-status',
    'server',
    'vary',
    'strict-transport-security',
    'x-content-type-options',
    'x-openai-proxy-wasm',
    'x-request-id',
    'set-cookie',
    'alt-svc',
  ]);
});

test('the edge sends only its own', () => {
  expect(names({ layer: 'edge' })).toEqual(['date', 'connection', 'cf-ray', 'server', 'alt-svc']);
});

test('an answer may have headers of other layers and lack its own', () => {
  const set = {
    layer: 'edge',
    also: ['x-request-id', 'no-such-header'],
    without: ['server', 'x-own'],
    extra: [['X-Own', '1']],
  } as const;
  expect(names(set)).toEqual(['date', 'connection', 'cf-ray', 'x-request-id', 'alt-svc']);
});

test('values come from the context', () => {
  const clock = fakeClock();
  clock.advance(412.4);
  const headers = new Map(profile.headOf({ layer: 'api' }, replyContext({ clock, receivedAt: 0.2 })).headers);
  expect(headers.get('date')).toBe('Fri, 10 Jul 2026 18:54:12 GMT');
  expect(headers.get('openai-processing-ms')).toBe('412');
  expect(headers.get('cf-ray')).toMatch(/^[0-9a-f]{16}-[A-Z]{3}$/);
  expect(headers.get('set-cookie')).toMatch(
    /^__cf_bm=[\w.]{43}-1783709652-1\.0\.1\.1; HttpOnly; SameSite=None; Secure; Path=\/; Domain=api\.openai\.com; Expires=Fri, 10 Jul 2026 19:24:12 GMT$/,
  );
});

const extraName = fc.constantFrom(
  'Retry-After',
  'retry-after',
  'X-Mine',
  'x-should-retry',
  'Server',
  'content-type',
  'Content-Length',
  'CF-Ray',
);
const extras = fc.array(fc.tuple(extraName, fc.stringMatching(/^[!-~]{1,9}$/)), { maxLength: 5 });
const asked = [
  'date',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'server',
  'x-mine',
  'access-control-expose-headers',
  'content-type',
];

test('a head is printed as its list says, and found in by name as in the list', () => {
  fc.assert(
    fc.property(fc.constantFrom('edge', 'gateway', 'api'), extras, fc.subarray(['date', 'server']), (layer, extra, without) => {
      const { headers, printed } = profile.headOf({ layer, extra, without }, replyContext());
      expect(printed?.text).toBe(headers.map(([name, value]) => `${name}: ${value}\r\n`).join(''));
      for (const name of asked) expect(fieldIn({ headers, printed }, name)).toBe(fieldIn({ headers }, name));
    }),
  );
});

test('a list that somebody has changed is what counts, not how it was printed', () => {
  const { headers, printed } = profile.headOf({ layer: 'edge' }, replyContext());
  expect(fieldIn({ headers: [['retry-after', '7'], ...headers], printed }, 'retry-after')).toBe('7');
});

test('whoever sets connection has the head printed for the client', () => {
  expect(profile.headOf({ layer: 'edge', extra: [['Connection', 'close']] }, replyContext()).printed).toBeUndefined();
});
