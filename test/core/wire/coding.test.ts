import { expect, test } from 'vitest';
import { codingFor, withCoding } from '../../../src/core/wire/coding.ts';
import type { Head, Header } from '../../../src/core/wire/effect.ts';

test.each([
  [undefined, undefined],
  ['', undefined],
  ['identity', undefined],
  ['gzip', 'gzip'],
  ['gzip, deflate', 'gzip'],
  ['gzip, deflate, br', 'br'],
  ['br;q=0.5, gzip;q=0.8', 'gzip'],
  ['br; q=1.0, gzip; q=1.0', 'br'],
  ['GZIP', 'gzip'],
  ['x-gzip', 'gzip'],
  ['gzip;q=0', undefined],
  ['gzip;q=0.000', undefined],
  ['*', 'br'],
  ['*;q=0', undefined],
  ['br;q=0, *', 'gzip'],
  ['identity, gzip;q=0.5', undefined],
  ['identity;q=0.5, gzip', 'gzip'],
  ['gzip;q=nonsense', 'gzip'],
  ['deflate, zstd', undefined],
] as const)('Accept-Encoding: %s is answered in %s', (accepted, coding) => {
  expect(codingFor(accepted)).toBe(coding);
});

function headersOf(head: Partial<Head>): readonly Header[] | undefined {
  const [sent] = withCoding([{ type: 'head', status: 200, headers: [], ...head }, { type: 'end' }], 'br');
  return sent?.type === 'head' ? sent.headers : undefined;
}

test('the length goes, for it would be a lie; chunks stand in its place, and the coding where OpenAI has it', () => {
  const headers: Header[] = [
    ['content-type', 'application/json'],
    ['content-length', '12'],
    ['vary', 'Origin'],
    ['alt-svc', 'h3'],
  ];
  expect(headersOf({ headers })).toEqual([
    ['content-type', 'application/json'],
    ['transfer-encoding', 'chunked'],
    ['vary', 'Origin, Accept-Encoding'],
    ['alt-svc', 'h3'],
    ['content-encoding', 'br'],
  ]);
});

test('what has no body, or a coding by the scenario, is left as it is', () => {
  expect(headersOf({ status: 204 })).toEqual([]);
  expect(headersOf({ headers: [['Content-Encoding', 'snappy']] })).toEqual([['Content-Encoding', 'snappy']]);
});
