import { expect, test } from 'vitest';
import type { TimeCourse } from '../../../src/core/plan/time-courses.ts';
import { type ChartOptions, timeChart } from '../../../src/core/report/time-chart.ts';
import { columns } from '../../../src/core/report/wrap.ts';

const UNTIL = 300_000;

const course = (name: string, pieces: readonly number[][], given: Partial<TimeCourse> = {}): TimeCourse => ({
  kind: 'rule',
  name,
  unit: 'chance',
  pieces: pieces.map(([from = 0, to = UNTIL, begins = 1, ends = begins]) => ({ from, to, begins, ends })),
  isConstant: false,
  nextAt: undefined,
  isCut: false,
  ...given,
});

const chart = (courses: readonly TimeCourse[], options: ChartOptions = {}) => timeChart({ courses, untilMs: UNTIL }, options);

const PLAN = [
  course('an outage', [[60_000, 120_000]]),
  course('errors', [
    [0, 150_000, 0, 0.5],
    [150_000, 300_000, 0.5],
  ]),
  course('one in ten', [[0, UNTIL, 0.1]], { isConstant: true }),
  course(
    'gpt-4o rpm',
    [
      [0, 150_000, 500],
      [150_000, UNTIL, 100],
    ],
    { kind: 'limit', unit: 'count' },
  ),
  course('ttft', [[0, UNTIL, 200, 3_000]], { kind: 'latency', unit: 'ms' }),
];

test('spans are full blocks, ramps climb, and what changes is named by its values', () => {
  expect(chart(PLAN).slice(0, 6)).toEqual([
    'an outage   ···········████████████·································',
    'errors      ▁▁▁▁▁▁▁▂▂▂▂▂▂▂▃▃▃▃▃▃▃▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄  0 % → 50 %',
    'one in ten  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  10 %',
    'gpt-4o rpm  ████████████████████████████▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂  500 → 100',
    'ttft        ▁▁▁▁▂▂▂▂▂▂▂▃▃▃▃▃▃▃▃▄▄▄▄▄▄▄▅▅▅▅▅▅▅▅▆▆▆▆▆▆▆▇▇▇▇▇▇▇▇███████  200ms → 3s',
    '            0s         1m         2m          3m         4m       5m',
  ]);
});

test('a short span fills its cell, and what flickers within one is a part of it', () => {
  const spans = Array.from({ length: 3_000 }, (_, n) => [n * 100, n * 100 + 50]);
  const [short, flickering] = chart([course('a', [[60_000, 60_100]]), course('b', spans)], { width: 53 });
  expect(short).toMatch(/^a {2}·+█·+$/);
  expect(flickering).toMatch(/^b {2}▄+$/);
});

test('without UTF-8 there is nothing but ASCII', () => {
  const lines = chart([...PLAN, course('späte Störung 故障', [[0, 1_000]])], { ascii: true });
  expect(lines.join('\n')).toMatch(/^[\x20-\x7e\n]+$/);
  expect(lines[0]).toMatch(/^an outage +\.{9,11}#{9,11}\.+$/);
  expect(lines[1]).toMatch(/^errors +1+2+3+4+5+ +0 % -> 50 %$/);
});

test.each([20, 40, 41, 59, 60, 80, 81, 120, 200, 500])(
  'no line is wider than %i columns, and lines stand below each other',
  (width) => {
    const names = ['a', '故障'.repeat(30), 'e\u0301'.repeat(20), '👩‍👩‍👧‍👧 family', 'x '.repeat(100)];
    const lines = chart([...PLAN, ...names.map((name) => course(name, [[0, 1_000]]))], { width });
    for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(Math.max(40, width));
    const ends = lines.slice(0, 10).map((line) => columns(line.replace(/[·▁-█]+(?: {2}.*)?$/u, '')));
    expect(new Set(ends).size).toBe(1);
  },
);

test('a name changes nothing in the terminal, whatever it is', () => {
  const hostile = '\u001b[31m\u0007\u202eevil\n::error::x';
  const text = chart([course(hostile, [[0, 1_000]], { nextAt: 5 }), ...PLAN]).join('\n');
  expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  expect(text).not.toContain('\u202e');
  expect(text).toContain('\\u{1b}[31m');
  expect(text.split('\n').some((line) => line.startsWith('::'))).toBe(false);
});

test('colours are the only control characters, and take no room', () => {
  const plain = chart(PLAN);
  const painted = chart(PLAN, { color: true });
  expect(painted.join('\n')).toContain('\u001b[31m████████████\u001b[39m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  expect(painted.map((line) => line.replace(/\u001b\[\d+m/g, ''))).toEqual(plain);
});

test('of a plan that time does not change a sentence says so', () => {
  for (const courses of [[], [course('always', [[0]], { isConstant: true })]]) {
    expect(chart(courses).join(' ')).toBe(
      'Nothing in it changes with time: no rule has a span, bursts or a ramp, and no limit and no latency becomes another.',
    );
  }
});

test('many rules are folded: first those that stay the same, then those behind the first twenty', () => {
  const moving = Array.from({ length: 25 }, (_, n) => course(`moving ${n}`, [[n * 1_000, n * 1_000 + 500]]));
  const still = Array.from({ length: 300 }, (_, n) => course(`still ${n}`, [[0, UNTIL, 0.5]], { isConstant: true }));
  const lines = chart([...still, ...moving], { width: 1_000 });
  expect(lines).toHaveLength(24);
  expect(lines.slice(0, 20).every((line, n) => line.startsWith(`moving ${n} `))).toBe(true);
  expect(lines.slice(22)).toEqual([
    'Not drawn, 5 lines more: moving 20, moving 21, moving 22, moving 23, moving 24.',
    `Not drawn, for they stay the same, 300 lines: ${still
      .slice(0, 10)
      .map(({ name }) => name)
      .join(', ')} and 290 more.`,
  ]);
});

test('what comes after the chart is told, and so is what is too much to draw', () => {
  const lines = chart([
    ...PLAN,
    course('tomorrow', [], { nextAt: 86_400_000 }),
    course('flicker', [[0, UNTIL]], { isCut: true }),
  ]);
  expect(lines.slice(-2)).toEqual([
    'Later: tomorrow from 1440m.',
    'On and off more often than can be drawn to the end: flicker.',
  ]);
});

test.each([
  [1_000, '0s 1s'],
  [300_000, '0s 1m 2m 3m 4m 5m'],
  [3_600_000, '0s 10m 20m 30m 40m 50m 60m'],
])('the axis of %i ms has labels that people can read', (untilMs, labels) => {
  const lines = timeChart({ courses: [course('a', [[0, untilMs / 2]])], untilMs });
  expect(lines[1]?.trim().replace(/ +/g, ' ')).toBe(labels);
});
