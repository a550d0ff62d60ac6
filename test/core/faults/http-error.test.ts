import { expect, test } from 'vitest';
import { faultNamed } from '../../../src/core/faults/registry.ts';
import { applyFault, errorOf } from '../../support/apply-fault.ts';
import { headerOf } from '../../support/effects.ts';

test('it is a 500 of the API service by default', () => {
  const reply = applyFault('http_error');
  expect(reply.head.status).toBe(500);
  expect(headerOf(reply, 'openai-version')).toBe('2020-10-01');
  expect(errorOf(reply)).toEqual({
    message: 'The request ended with HTTP status 500.',
    type: 'server_error',
    param: null,
    code: null,
  });
});

test('every part of the error can be given', () => {
  const params = {
    status: 418,
    type: null,
    code: 7,
    param: 'pot',
    message: 'Short and stout.',
    layer: 'gateway',
  } as const;
  const reply = applyFault('http_error', params);
  expect(reply.head.status).toBe(418);
  expect(reply.text).toBe(`{
    "error": {
        "message": "Short and stout.",
        "type": null,
        "param": "pot",
        "code": 7
    }
}
`);
});

test('below 500 the request is to blame', () => {
  expect(errorOf(applyFault('http_error', { status: 402 }))['type']).toBe('invalid_request_error');
});

test.each([
  ['{"error":"slow down"}', 'application/json'],
  ['  <html></html>', 'text/html'],
  ['Ü', 'text/plain'],
  ['', 'text/plain'],
])('the body %j goes out as it is, as %s', (body, contentType) => {
  const reply = applyFault('http_error', { status: 429, body, layer: 'edge' });
  expect(reply.text).toBe(body);
  expect(headerOf(reply, 'content-type')).toBe(contentType);
  expect(headerOf(reply, 'content-length')).toBe(String(new TextEncoder().encode(body).length));
});

test('headers may name another type', () => {
  const reply = applyFault('http_error', {
    body: '{}',
    headers: { 'content-type': 'text/csv' },
  });
  expect(headerOf(reply, 'content-type')).toBe('text/csv');
});

test.each([204, 205, 304])('a %i has no body', (status) => {
  const reply = applyFault('http_error', { status });
  expect(reply.effects.map(({ type }) => type)).toEqual(['head', 'end']);
  expect(headerOf(reply, 'content-length')).toBeUndefined();
  expect(headerOf(reply, 'content-type')).toBeUndefined();
});

test.each([100, 199, 600, 404.5])('the status %d is refused', (status) => {
  expect(faultNamed('http_error').params.safeParse({ status }).success).toBe(false);
});
