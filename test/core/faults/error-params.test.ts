import { expect, test } from 'vitest';
import { applyFaults } from '../../../src/core/faults/bound-fault.ts';
import { withParams } from '../../../src/core/faults/error-params.ts';
import { boundFault, faultNamed } from '../../../src/core/faults/registry.ts';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import type { Head } from '../../../src/core/wire/effect.ts';
import { libraries } from '../../../src/libraries.ts';
import { applyFault, errorOf } from '../../support/apply-fault.ts';
import { headerOf } from '../../support/effects.ts';
import { fakeClock, replyContext, TEST_WALL_MS } from '../../support/reply-context.ts';

test.each([
  ['2s', '2'],
  ['1.2s', '2'],
  ['1ms', '1'],
  ['1m30s', '90'],
  [2, '2'],
  [198_300, '198300'],
  [0, '0'],
  ['0', '0'],
  ['0s', '0'],
  [0.5, '0.5'],
  [-1, '-1'],
  ['120', '120'],
  ['soon', 'soon'],
  ['', ''],
  [' 5 ', ' 5 '],
  ['Wed, 21 Oct 2015 07:28:00 GMT', 'Wed, 21 Oct 2015 07:28:00 GMT'],
  ['99999999999999999999d', '99999999999999999999d'],
  ['1e3', '1e3'],
  ['120; comment="2 sec"', '120; comment="2 sec"'],
  [{ raw: '2 sec' }, '2 sec'],
  [{ raw: '2s' }, '2s'],
  [{ raw: 7 }, '7'],
])('retry_after %j is sent as %j', (given, sent) => {
  expect(headerOf(applyFault('overloaded', { retry_after: given }), 'Retry-After')).toBe(sent);
});

test('retry_after as a date is an HTTP-date that is never early', () => {
  const context = { clock: fakeClock(TEST_WALL_MS + 1) };
  const reply = applyFault('overloaded', { retry_after: { date: '3s' } }, context);
  expect(headerOf(reply, 'date')).toBe('Fri, 10 Jul 2026 18:54:12 GMT');
  expect(headerOf(reply, 'retry-after')).toBe('Fri, 10 Jul 2026 18:54:16 GMT');
});

test('a date counts from the moment of a late answer', () => {
  const clock = fakeClock();
  const params: unknown = faultNamed('overloaded').params.parse({
    after: '10s',
    retry_after: { date: '3s' },
  });
  const reply = applyFaults([], [boundFault({ name: 'overloaded', params })], replyContext({ clock }))[Symbol.iterator]();
  expect(reply.next().value).toEqual({ type: 'wait', ms: 10_000 });
  clock.advance(10_000);
  expect((reply.next().value as Head).headers).toContainEqual(['retry-after', 'Fri, 10 Jul 2026 18:54:25 GMT']);
});

test('retry_after none takes back what the fault would have said', () => {
  expect(headerOf(applyFault('rate_limit'), 'retry-after')).toBe('1');
  expect(headerOf(applyFault('rate_limit', { retry_after: 'none' }), 'retry-after')).toBeUndefined();
});

test.each([
  [700, '700'],
  ['700ms', '700'],
  ['1.5ms', '2'],
  [0.5, '1'],
  [2.2, '3'],
  ['2.2', '2.2'],
  [-1.5, '-1.5'],
  ['0', '0'],
  ['later', 'later'],
  [{ raw: '10 ms' }, '10 ms'],
])('retry_after_ms %j is sent as %j', (given, sent) => {
  const reply = applyFault('overloaded', { retry_after_ms: given });
  expect(headerOf(reply, 'retry-after-ms')).toBe(sent);
  expect(headerOf(reply, 'retry-after')).toBeUndefined();
});

test('headers keep their casing and take the place of those of the layer', () => {
  const { head } = applyFault('overloaded', {
    headers: { 'CF-Ray': 'abc-EWR', 'Content-Type': 'text/weird' },
  });
  expect(head.headers.filter(([name]) => /^cf-ray$/i.test(name))).toEqual([['CF-Ray', 'abc-EWR']]);
  expect(head.headers.filter(([name]) => /^content-type$/i.test(name))).toEqual([['Content-Type', 'text/weird']]);
});

test('headers bring back what the answer lacks', () => {
  expect(headerOf(applyFault('server_error'), 'openai-version')).toBeUndefined();
  expect(
    headerOf(
      applyFault('server_error', {
        headers: { 'openai-version': '2031-01-01' },
      }),
      'openai-version',
    ),
  ).toBe('2031-01-01');
});

test('null removes a header, whoever sends it', () => {
  const headers = {
    'Content-Length': null,
    'CONTENT-TYPE': null,
    'retry-after': null,
    'x-request-id': null,
  };
  const names = applyFault('rate_limit', { headers }).head.headers.map(([name]) => name);
  expect(names.filter((name) => Object.keys(headers).some((key) => key.toLowerCase() === name))).toEqual([]);
});

test('headers win over hints, and the later of two casings over the first', () => {
  const reply = applyFault('overloaded', {
    retry_after: '3s',
    headers: { 'Retry-After': '9', 'RETRY-AFTER': '10' },
  });
  expect(reply.head.headers.filter(([name]) => name.toLowerCase() === 'retry-after')).toEqual([['RETRY-AFTER', '10']]);
});

test('a message replaces the text and leaves the order of keys', () => {
  const reply = applyFault('unsupported_country', { message: 'Nein.' });
  expect(Object.keys(errorOf(reply))).toEqual(['code', 'message', 'param', 'type']);
  expect(errorOf(reply)['message']).toBe('Nein.');
});

test('a message replaces the words of a page', () => {
  const { text } = applyFault('payload_too_large', { message: "$& isn't" });
  expect(text).toContain("<title>$& isn't</title>");
  expect(text).toContain("<h1>$& isn't</h1>");
});

test.each([
  [{ headers: { 'bad name': 'x' } }, 'expected a header name, found "bad name"'],
  [{ headers: { 'x-a': 'one\r\ntwo' } }, 'expected a header value of one line in Latin-1, found "one\\r\\ntwo"'],
  [{ headers: { 'x-a': '☃' } }, 'expected a header value of one line in Latin-1, found "☃"'],
])('what cannot be sent is refused: %j', (params, message) => {
  const { error } = faultNamed('overloaded').params.safeParse(params);
  expect(error?.issues.map((issue) => issue.message)).toEqual([message]);
});

test.each([true, '\u0000', ['2s'], {}, { date: 'soon' }])('retry_after %j is refused', (given) => {
  expect(faultNamed('overloaded').params.safeParse({ retry_after: given }).success).toBe(false);
});

test('a message has no place in a body that is given whole', () => {
  const answer = withParams(
    {
      status: 500,
      layer: 'edge',
      raw: { contentType: 'text/plain', body: 'as it is' },
    },
    { message: 'other' },
    replyContext(),
  );
  expect(answer.raw?.body).toBe('as it is');
});

test.each([
  ['retry_after: .inf', /expected a duration/],
  ['retry_after: .nan', /expected a duration/],
  ['retry_after_ms: .inf', /expected a duration/],
  ['retry_after_ms: "one\\ntwo"', /expected a duration, a number of milliseconds or { raw: soon }, found "one\\ntwo"/],
  ['retry_after: 2 sec', /found "2 sec"\. Write 2s, or { raw: "2 sec" } to send it as it is\.$/],
  ['retry_after: { raw: "one\\ntwo" }', /expected a header value of one line/],
  ['retry_after: until_ned', /found "until_ned"\. Write until_end, or { raw: "until_ned" } to send it as it is\.$/],
  ['retry_after: until end', /Write until_end, or { raw: "until end" }/],
  ['retry_after: until-end', /Write until_end, or { raw: "until-end" }/],
  ['retry_after: None', /Write none, or { raw: "None" }/],
  ['retry_after_ms: 10 ms', /Write 10ms, or { raw: "10 ms" }/],
  ['headers: { Content-Length: "5" }', /content-length frames the body/],
  ['headers: { transfer-encoding: chunked }', /transfer-encoding frames the body/],
  ['headers: { trailer: x }', /trailer frames the body/],
])('%s is refused', (line, message) => {
  const text = `rules: [ { fault: { server_error: { ${line} } } } ]`;
  const { problems = [] } = parseScenario({ file: 'test', text }, libraries);
  expect(problems.map((problem) => problem.message)).toEqual([expect.stringMatching(message)]);
});
