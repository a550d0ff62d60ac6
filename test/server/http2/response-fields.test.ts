import { expect, test } from 'vitest';
import type { Header } from '../../../src/core/wire/effect.ts';
import { responseFields } from '../../../src/server/http2/response-fields.ts';

const HEADERS: readonly Header[] = [
  ['Content-Type', 'application/json'],
  ['set-cookie', 'a=1'],
  ['Connection', 'keep-alive'],
  ['Set-Cookie', 'b=2'],
  ["it's", '"quoted"'],
];
const FIELDS = {
  ':status': 200,
  'content-type': 'application/json',
  'set-cookie': ['a=1', 'b=2'],
  "it's": '"quoted"',
};

/** As a layout gives them. */
function printed(headers: readonly Header[], places = new Map<string, number>()) {
  return { of: headers, text: '', places };
}

test('names are lower-case, fields of the connection are left out, and those of one name have a list', () => {
  expect(responseFields({ status: 200, headers: HEADERS })).toEqual(FIELDS);
});

test('fields of a layout are the same, with the values of each answer', () => {
  const { places, ...print } = printed(HEADERS);
  expect(responseFields({ status: 200, headers: HEADERS, printed: { ...print, places } })).toEqual(FIELDS);
  const others = HEADERS.map(([name, value]): Header => [name, `${value}!`]);
  const fields = responseFields({ status: 429, headers: others, printed: printed(others, places) });
  expect(fields).toEqual({
    ':status': 429,
    'content-type': 'application/json!',
    'set-cookie': ['a=1!', 'b=2!'],
    "it's": '"quoted"!',
  });
});

test('a list that was changed after it was printed is taken as it is', () => {
  const headers: readonly Header[] = [['x-other', '1']];
  expect(responseFields({ status: 200, headers, printed: printed(HEADERS) })).toEqual({ ':status': 200, 'x-other': '1' });
});
