import { expect, test } from 'vitest';
import { applyFault, errorOf } from '../../support/apply-fault.ts';
import { headerOf } from '../../support/effects.ts';
import { apiRequest } from '../../support/reply-context.ts';

test.each([
  ['payload_too_large', {}, 413, '413 Request Entity Too Large'],
  ['bad_gateway', { body: 'html' }, 502, '502 Bad Gateway'],
  ['gateway_timeout', {}, 504, '504 Gateway Time-out'],
] as const)('%s is a page of nginx', (name, params, status, title) => {
  const reply = applyFault(name, params);
  expect(reply.head.status).toBe(status);
  expect(headerOf(reply, 'content-type')).toBe('text/html');
  expect(reply.text).toBe(
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n`,
  );
});

test('bad_gateway as JSON has a numeric code and is kept out of caches', () => {
  const reply = applyFault('bad_gateway', { body: 'json' });
  expect(reply.text).toBe('{"error":{"code":502,"message":"Bad gateway.","param":null,"type":"cf_bad_gateway"}}');
  expect(reply.head.headers.map(([name]) => name)).toEqual([
    'date',
    'content-type',
    'content-length',
    'connection',
    'x-frame-options',
    'referrer-policy',
    'cache-control',
    'expires',
    'cf-ray',
    'server',
    'alt-svc',
  ]);
  expect(headerOf(reply, 'expires')).toBe('Thu, 01 Jan 1970 00:00:01 GMT');
});

test.each([
  ['application/json', 'application/json'],
  ['text/event-stream, Application/JSON;q=0.5', 'application/json'],
  ['*/*', 'text/html'],
  ['text/html', 'text/html'],
])('a client that accepts %s gets %s', (accept, contentType) => {
  const request = apiRequest({ headers: { accept } });
  expect(headerOf(applyFault('bad_gateway', {}, { request }), 'content-type')).toContain(contentType);
  expect(headerOf(applyFault('cloudflare_timeout', {}, { request }), 'content-type')).toContain(contentType);
});

test('cloudflare_timeout is a 524 by default', () => {
  expect(applyFault('cloudflare_timeout').text).toBe(
    '{"error":{"code":524,"message":"Gateway timeout.","param":null,"type":"cf_gateway_timeout"}}',
  );
});

test.each([
  [520, 'Web server is returning an unknown error'],
  [522, 'Connection timed out'],
  [524, 'A timeout occurred'],
] as const)('a %i has the page of Cloudflare', (status, title) => {
  const reply = applyFault('cloudflare_timeout', { status, body: 'html' });
  expect(reply.head.status).toBe(status);
  expect(headerOf(reply, 'content-type')).toBe('text/html; charset=UTF-8');
  expect(reply.text).toMatch(/^<!DOCTYPE html>/);
  expect(reply.text).toContain(`<title>api.openai.com | ${status}: ${title}</title>`);
  expect(errorOf(applyFault('cloudflare_timeout', { status, body: 'json' }))['code']).toBe(status);
});

test('service_unavailable is plain text', () => {
  const reply = applyFault('service_unavailable');
  expect(reply.head.status).toBe(503);
  expect(headerOf(reply, 'content-type')).toBe('text/plain');
  expect(reply.text).toBe(
    'upstream connect error or disconnect/reset before headers. reset reason: connection failure, transport failure reason: delayed connect error: 111',
  );
});

test('unsupported_country is one line of JSON', () => {
  expect(applyFault('unsupported_country').text).toBe(
    '{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported","param":null,"type":"request_forbidden"}}',
  );
});
