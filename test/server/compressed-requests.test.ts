import * as zlib from 'node:zlib';
import { expect, test } from 'vitest';
import type { MockOpenAI } from '../../src/index.ts';
import { startMock } from '../support/start-mock.ts';

const BODY = Buffer.from(JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Is it packed?' }] }));

function post({ baseURL, apiKey }: MockOpenAI, encoding: string, body: Uint8Array): Promise<Response> {
  return fetch(`${baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', 'content-encoding': encoding },
    body: new Uint8Array(body),
  });
}

const CODINGS: [string, (body: Buffer) => Buffer][] = [
  ['gzip', zlib.gzipSync],
  ['deflate', zlib.deflateSync],
  ['deflate', zlib.deflateRawSync],
  ['br', zlib.brotliCompressSync],
  ['GZIP', zlib.gzipSync],
  ['identity', (body) => body],
  ['gzip, br', (body) => zlib.brotliCompressSync(zlib.gzipSync(body))],
];
if ('zstdCompressSync' in zlib) CODINGS.push(['zstd', zlib.zstdCompressSync as (body: Buffer) => Buffer]);

test.each(CODINGS)('a request in %s is read', async (encoding, encode) => {
  const mock = await startMock({ rules: [{ match: { prompt: 'Is it packed?' }, fault: 'overloaded', first: 1 }] });
  expect((await post(mock, encoding, encode(BODY))).status).toBe(503);
  expect((await post(mock, encoding, encode(BODY))).status).toBe(200);
  expect(mock.journal()).toMatchObject([{ bodyBytes: BODY.length }, { bodyBytes: BODY.length }]);
});

test('an attempt in another coding is an attempt of the same call', async () => {
  const mock = await startMock({ rules: [{ attempts: 1, fault: 'server_error' }] });
  expect((await post(mock, 'gzip', zlib.gzipSync(BODY))).status).toBe(500);
  expect((await post(mock, 'br', zlib.brotliCompressSync(BODY))).status).toBe(200);
  expect(mock.calls()).toMatchObject([{ attempts: [{ status: 500 }, { status: 200 }] }]);
});

test('what becomes longer than max_body is a 413', async () => {
  const mock = await startMock({ max_body: '1MiB' });
  const bomb = zlib.gzipSync(Buffer.alloc(10_000_000, 'a'));
  const response = await post(mock, 'gzip', bomb);
  expect(bomb.length).toBeLessThan(20_000);
  expect(response.status).toBe(413);
  expect(mock.journal()).toMatchObject([{ status: 413 }]);
});

test('an unknown coding is refused in words of the mock', async () => {
  const mock = await startMock();
  const response = await post(mock, 'snappy', BODY);
  expect([response.status, response.headers.get('content-type')]).toEqual([415, 'application/problem+json']);
  expect(await response.json()).toMatchObject({ detail: expect.stringContaining('"snappy"') });
  await mock.idle();
});

test.each([
  ['half of a body', BODY.subarray(0, 20)],
  ['a whole body that was not compressed', BODY],
])('%s is no JSON in the coding that it names', async (_, body) => {
  const mock = await startMock();
  const response = await post(mock, 'gzip', body);
  expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('parse the JSON body')]);
});
