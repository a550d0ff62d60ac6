import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meanOfRamp, rampAt } from '../../../src/core/units/ramp.ts';
import { coversSpan, type Span, windowAt, windowsBefore } from '../../../src/core/units/span.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const open = Number.POSITIVE_INFINITY;
const again = (from: number, everyMs: number, forMs: number, to = open): Span => ({ from, to, again: { everyMs, forMs } });

test.each([
  ['before a span', [{ from: 10, to: 20 }], 9, undefined],
  ['at its beginning', [{ from: 10, to: 20 }], 10, { from: 10, to: 20 }],
  ['at its end', [{ from: 10, to: 20 }], 20, undefined],
  [
    'in the second of a list',
    [
      { from: 1, to: 2 },
      { from: 10, to: 20 },
    ],
    15,
    { from: 10, to: 20 },
  ],
  ['in one that comes again', [again(10, 30, 5)], 43, { from: 40, to: 45 }],
  ['between two of its occurrences', [again(10, 30, 5)], 45, undefined],
  ['in an occurrence that is cut off', [again(10, 30, 5, 72)], 71, { from: 70, to: 72 }],
  [
    'in spans that touch',
    [
      { from: 0, to: 10 },
      { from: 10, to: 20 },
    ],
    10,
    { from: 0, to: 20 },
  ],
  [
    'in spans that overlap',
    [
      { from: 0, to: 10 },
      { from: 5, to: 20 },
      { from: 15, to: 30 },
    ],
    7,
    { from: 0, to: 30 },
  ],
] as const)('a moment %s lies in the window that is expected', (_where, spans, at, expected) => {
  expect(windowAt(spans, at)).toEqual(expected);
});

const span = fc
  .record({
    from: fc.nat(50),
    length: fc.integer({ min: 1, max: 60 }),
    every: fc.integer({ min: 2, max: 30 }),
    share: fc.nat(27),
  })
  .chain(({ from, length, every, share }) =>
    fc.constantFrom<Span>(
      { from, to: from + length },
      again(from, every, 1 + (share % (every - 1)), from + length),
      again(from, every, 1 + (share % (every - 1))),
    ),
  );

test('the windows of a list hold exactly the moments that one of its spans holds, and each is found by any of its moments', () => {
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 4 }), (spans) => {
      const windows = windowsBefore(spans, 200, 1_000);
      for (let at = 0; at < 150; at++) {
        const holds = spans.some((each) => windowAt([each], at) !== undefined);
        const window = windows.find(({ from, to }) => at >= from && at < to);
        expect(window !== undefined).toBe(holds);
        const found = windowAt(spans, at);
        expect(found !== undefined).toBe(holds);
        if (found !== undefined && window !== undefined && window.to < 150) expect(found).toEqual(window);
      }
      for (const [index, { from }] of windows.slice(1).entries()) expect(from).toBeGreaterThan(windows[index]?.to ?? open);
    }),
    { numRuns: propertyRuns(100) },
  );
});

test('a span covers what lies within it, and one that comes again what comes with it', () => {
  expect(coversSpan([{ from: 0, to: 10 }], { from: 2, to: 10 })).toBe(true);
  expect(coversSpan([{ from: 0, to: 10 }], { from: 2, to: 11 })).toBe(false);
  expect(coversSpan([{ from: 0, to: open }], again(5, 30, 10))).toBe(true);
  expect(coversSpan([again(5, 30, 10)], again(5, 30, 5, 100))).toBe(true);
  expect(coversSpan([again(5, 30, 10)], { from: 5, to: 10 })).toBe(false);
});

test('a ramp changes evenly, and stays at its end', () => {
  const ramp = { from: 0.2, to: 0.8, overMs: 1_000 };
  expect([0, 500, 1_000, 9_000].map((at) => rampAt(ramp, at))).toEqual([0.2, 0.5, 0.8, 0.8]);
  expect(meanOfRamp(ramp, 0, 1_000)).toBeCloseTo(0.5);
  expect(meanOfRamp(ramp, 0, 2_000)).toBeCloseTo(0.65);
  expect(meanOfRamp(ramp, 500, 1_500)).toBeCloseTo(0.725);
  expect(meanOfRamp(ramp, 0, open)).toBe(0.8);
});
