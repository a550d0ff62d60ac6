import { expect, test } from 'vitest';
import { parseForcedFault } from '../../src/exchange/forced-fault.ts';
import { stopwatch } from '../support/cpu-time.ts';

/** The same as a scenario would write it. */
const said = (flow: string) => parseForcedFault(`[${flow}]`);

test.each([
  ['rate_limit; retry_after={ date: 3s, form: rfc850 }', '{ rate_limit: { retry_after: { date: 3s, form: rfc850 } } }'],
  ['latency; for=1s, overloaded', '{ latency: { for: 1s } }, overloaded'],
  [
    'latency; for=1s,overloaded; message="Later; or never, maybe."',
    '{ latency: { for: 1s } }, { overloaded: { message: "Later; or never, maybe." } }',
  ],
  [
    "http_error; headers={ x-a: '}, {', X-B: b }; message=It's over",
    `{ http_error: { headers: { x-a: "}, {", X-B: b }, message: "It's over" } }`,
  ],
])('commas and semicolons within a value are part of it: %s', (short, flow) => {
  expect(parseForcedFault(short)).toEqual(said(flow));
});

test.each(['rate_limit; retry_after={ date: 3s', 'overloaded; message="no end', 'rate_limit; retry_after=}'])(
  'a value without an end is refused: %s',
  (short) => {
    expect(() => parseForcedFault(short)).toThrow();
  },
);

test('a long header without a value is refused in little time', () => {
  const cpuMs = stopwatch();
  expect(() => parseForcedFault(`rate_limit;${' '.repeat(15_000)}=`)).toThrow(/parameters such as/);
  expect(() => parseForcedFault(`rate_limit;a=${"'".repeat(15_001)}`)).toThrow();
  expect(cpuMs()).toBeLessThan(100);
});

test.each([
  [`rate_limit; message="a, b; c"`, { message: 'a, b; c' }],
  [`rate_limit; message='it''s, so'`, { message: "it's, so" }],
  [`rate_limit; message=a"b`, { message: 'a"b' }],
])('quotes keep separators where they begin a value: %s', (header, params) => {
  expect(parseForcedFault(header).calls).toMatchObject([{ name: 'rate_limit', params }]);
});

test.each([
  ['slow_headers, wrong_content_type', 'frames', 'slow_headers, wrong_content_type means nothing to a WebSocket'],
  ['websocket_close', 'response', 'websocket_close means nothing to HTTP'],
] as const)('%s is refused where it means nothing', (header, carrier, message) => {
  expect(() => parseForcedFault(header, carrier)).toThrow(message);
  expect(() => parseForcedFault(`${header}, latency`, carrier)).not.toThrow();
});
