import { expect, test } from 'vitest';
import { parseForcedFault } from '../../src/exchange/forced-fault.ts';

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
