import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatHttpDate, httpDateForms, parseHttpDate } from '../../../src/core/units/http-date.ts';
import { TEST_WALL_MS } from '../../support/reply-context.ts';

test.each([
  ['imf', 'Fri, 10 Jul 2026 18:54:12 GMT', 'Wed, 01 Jul 2026 00:00:00 GMT'],
  ['rfc850', 'Friday, 10-Jul-26 18:54:12 GMT', 'Wednesday, 01-Jul-26 00:00:00 GMT'],
  ['asctime', 'Fri Jul 10 18:54:12 2026', 'Wed Jul  1 00:00:00 2026'],
] as const)('%s', (form, first, second) => {
  expect(formatHttpDate(TEST_WALL_MS, form)).toBe(first);
  expect(formatHttpDate(Date.UTC(2026, 6, 1), form)).toBe(second);
});

test('every form is read back, whatever the time zone', () => {
  const within50Years = fc.integer({ min: -49 * 365, max: 49 * 365 }).map((days) => TEST_WALL_MS + days * 86_400_000);
  fc.assert(
    fc.property(within50Years, fc.constantFrom(...httpDateForms), (ms, form) => {
      expect(parseHttpDate(formatHttpDate(ms, form), TEST_WALL_MS)).toBe(ms);
    }),
  );
});

test.each([
  '',
  'soon',
  '120',
  'Fri, 10 Jul 2026 18:54:12 +0200',
  '2026-07-10T18:54:12Z',
  'Fri, 10 Foo 2026 18:54:12 GMT',
  'Tue, 31 Feb 2026 18:54:12 GMT',
])('%j is no HTTP-date', (text) => {
  expect(parseHttpDate(text, TEST_WALL_MS)).toBeUndefined();
});
