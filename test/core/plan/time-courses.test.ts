import fc from 'fast-check';
import { expect, test } from 'vitest';
import { faultsByName } from '../../../src/core/faults/registry.ts';
import { compilePlan, type Plan } from '../../../src/core/plan/compile.ts';
import { changesWithTime, type TimeCourse, timeCoursesOf } from '../../../src/core/plan/time-courses.ts';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import type { ScenarioInput } from '../../../src/core/scenario/schema.ts';
import { rampAt } from '../../../src/core/units/ramp.ts';
import { libraries } from '../../../src/libraries.ts';
import { propertyRuns } from '../../support/property-runs.ts';

function planOf(data: ScenarioInput, seed = 1): Plan {
  const parsed = parseScenario({ file: 'scenario', data }, libraries);
  if (parsed.problems !== undefined) throw new Error(JSON.stringify(parsed.problems));
  return compilePlan(parsed.value, seed, { libraries, faults: faultsByName });
}

const coursesOf = (data: ScenarioInput, untilMs = 300_000) => timeCoursesOf(planOf(data), untilMs);
const piecesOf = (courses: readonly TimeCourse[]) =>
  courses.map(({ name, pieces }) => [name, ...pieces.map(({ from, to, begins, ends }) => [from, to, begins, ends])]);

test('spans are pieces, those that come again too, and a ramp begins anew in each', () => {
  const rules: ScenarioInput['rules'] = [
    { name: 'down', during: ['1s..2s', { from: '10s', to: '80s', every: '30s', for: '5s' }], fault: 'overloaded' },
    { during: { every: '100s', for: '20s' }, probability: { from: 0, to: 0.5, over: '10s' }, fault: 'server_error' },
  ];
  expect(piecesOf(coursesOf({ rules }, 110_000))).toEqual([
    ['down', [1_000, 2_000, 1, 1], [10_000, 15_000, 1, 1], [40_000, 45_000, 1, 1], [70_000, 75_000, 1, 1]],
    ['rule 2', [0, 10_000, 0, 0.5], [10_000, 20_000, 0.5, 0.5], [100_000, 110_000, 0, 0.5]],
  ]);
});

test('limits and latencies have a course where they change, and rules where their faults do', () => {
  const courses = coursesOf({
    latency: { ttft: { from: '200ms', to: '3s', over: '5m' } },
    limits: {
      keys: { 'sk-batch*': { '*': { rpm: { from: 10, to: 1, over: '60s' } } } },
      'gpt-4o': { rpm: 500, tpm: 30_000, in_flight: 8 },
      '*': 'tier-1',
      changes: [{ at: '30s', 'gpt-4o': { rpm: 100, in_flight: 1 } }],
    },
    rules: [{ bursts: { on: '5s', off: '25s' }, name: 'slow', fault: { latency: { from: '100ms', to: '3s', over: '1m' } } }],
  });
  expect(courses.map(({ kind, name }) => `${kind}: ${name}`)).toEqual([
    'rule: slow',
    'latency: slow, latency',
    'limit: * by key rpm',
    'limit: gpt-4o rpm',
    'limit: gpt-4o in_flight',
    'latency: ttft',
  ]);
  expect(piecesOf(courses).slice(2)).toEqual([
    ['* by key rpm', [0, 60_000, 10, 1], [60_000, 300_000, 1, 1]],
    ['gpt-4o rpm', [0, 30_000, 500, 500], [30_000, 300_000, 100, 100]],
    ['gpt-4o in_flight', [0, 30_000, 8, 8], [30_000, 300_000, 1, 1]],
    ['ttft', [0, 300_000, 200, 3_000]],
  ]);
});

test('a tier has the numbers of the model, and for a pattern those of a model that it fits, which is named', () => {
  const changes = [{ at: '60s', 'gpt-4o': 'tier-1', 'gpt-4': 'tier-1', '*': 'tier-2' }];
  const limits = { 'gpt-4o': { rpm: 7 }, 'gpt-4': { rpm: 5, tpm: 10 }, '*': { rpm: 9 }, changes };
  expect(piecesOf(coursesOf({ limits } as never))).toEqual([
    ['gpt-4o rpm', [0, 60_000, 7, 7], [60_000, 300_000, 500, 500]],
    ['gpt-4o tpm', [60_000, 300_000, 30_000, 30_000]],
    ['gpt-4 rpm', [0, 60_000, 5, 5], [60_000, 300_000, 500, 500]],
    ['gpt-4 tpm', [0, 60_000, 10, 10], [60_000, 300_000, 10_000, 10_000]],
    ['gpt-4 rpd', [60_000, 300_000, 10_000, 10_000]],
    ['* (gpt-4o) rpm', [0, 60_000, 9, 9], [60_000, 300_000, 5_000, 5_000]],
    ['* (gpt-4o) tpm', [60_000, 300_000, 450_000, 450_000]],
  ]);
});

test('what is the same all the time is constant, and what begins later says when', () => {
  const constant = coursesOf({
    rules: [
      { probability: 0.1, fault: 'overloaded' },
      { first: 2, fault: 'hang' },
    ],
  });
  expect(constant.map(({ isConstant }) => isConstant)).toEqual([true, true]);
  expect(changesWithTime(constant)).toBe(false);
  expect(changesWithTime(coursesOf({}))).toBe(false);
  const later = coursesOf({
    limits: { '*': { rpm: 5 }, changes: [{ at: '10m', '*': { rpm: 2 } }] },
    rules: [{ during: '1h..', fault: 'overloaded' }],
  });
  expect(later.map(({ nextAt, isConstant, pieces }) => [nextAt, isConstant, pieces.length])).toEqual([
    [3_600_000, false, 0],
    [600_000, false, 1],
  ]);
});

test('spans without number are cut, and said to be', () => {
  const [course] = coursesOf({ rules: [{ during: { every: '2ms', for: '1ms' }, fault: 'overloaded' }] });
  expect(course?.isCut).toBe(true);
  expect(course?.pieces.length).toBeLessThanOrEqual(10_000);
  expect(course?.pieces.at(-1)?.to).toBe(300_000);
});

test('a rule may fire where its course has a piece, and with the chance that the course has there', () => {
  const duration = (max: number) => fc.integer({ min: 1, max }).map((ms) => `${ms}ms`);
  const span = fc.oneof(
    fc.tuple(fc.nat(200_000), fc.integer({ min: 1, max: 100_000 })).map(([from, ms]) => `${from}ms..${from + ms}ms`),
    fc
      .record({ from: fc.nat(100_000), every: fc.integer({ min: 500, max: 60_000 }), share: fc.double({ min: 0.01, max: 0.9 }) })
      .filter(({ share }) => !Number.isNaN(share))
      .map(({ from, every, share }) => ({
        from: `${from}ms`,
        every: `${every}ms`,
        for: `${Math.max(1, Math.floor(every * share))}ms`,
      })),
  );
  const chance = fc.oneof(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.record({ from: fc.constant(0.1), to: fc.constant(0.9), over: duration(100_000) }),
  );
  const rule = fc.record(
    {
      during: fc.array(span, { minLength: 1, maxLength: 3 }),
      bursts: fc.record({ on: fc.constant('4s'), off: fc.constant('9s') }),
      probability: chance,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(rule, fc.nat(50), fc.array(fc.nat(299_999), { minLength: 20, maxLength: 20 }), (given, seed, moments) => {
      const plan = planOf({ rules: [{ ...given, fault: 'overloaded' } as never] }, seed);
      const [course] = timeCoursesOf(plan, 300_000);
      const [planned] = plan.rules;
      for (const at of moments) {
        const pieces = course?.pieces.filter(({ from, to }) => from <= at && at < to) ?? [];
        const moment = planned?.activity === undefined ? { sinceMs: at } : planned.activity.at(at);
        expect(pieces).toHaveLength(moment === undefined ? 0 : 1);
        const [piece] = pieces;
        if (piece === undefined || moment === undefined) continue;
        const shown = piece.begins + ((piece.ends - piece.begins) * (at - piece.from)) / (piece.to - piece.from);
        const wanted = planned?.rule.probability ?? 1;
        expect(shown).toBeCloseTo(typeof wanted === 'number' ? wanted : rampAt(wanted, moment.sinceMs), 6);
      }
    }),
    { numRuns: propertyRuns(100) },
  );
});
