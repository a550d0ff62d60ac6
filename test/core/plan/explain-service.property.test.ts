import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explainService } from '../../../src/core/plan/explain-service.ts';
import { timeCoursesOf } from '../../../src/core/plan/time-courses.ts';
import { timeChart } from '../../../src/core/report/time-chart.ts';
import { columns } from '../../../src/core/report/wrap.ts';
import type { ScenarioInput } from '../../../src/core/scenario/schema.ts';
import { libraries } from '../../../src/libraries.ts';
import { loadScenario } from '../../../src/scenario-files/load-scenario.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const UNTIL_MS = 300_000;

const duration = fc.nat(600_000).map((ms) => `${ms}ms`);
const later = fc.integer({ min: 1, max: 600_000 }).map((ms) => `${ms}ms`);
const ramp = (value: fc.Arbitrary<unknown>) => fc.record({ from: value, to: value, over: later });
const changing = (value: fc.Arbitrary<unknown>) => fc.oneof(value, ramp(value));
const optional = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(fields, { requiredKeys: [] });

const latency = fc.oneof(duration, ramp(duration), fc.constantFrom({ min: '1ms', max: '9s' }, { p50: '1s', p95: '2s' }));
const span = fc.oneof(
  fc.tuple(fc.nat(400_000), fc.integer({ min: 1, max: 400_000 })).map(([from, ms]) => `${from}ms..${from + ms}ms`),
  fc.nat(400_000).map((from) => `${from}ms..`),
  fc
    .tuple(fc.nat(400_000), fc.integer({ min: 2, max: 400_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([from, every, share]) => ({
      from: `${from}ms`,
      every: `${every}ms`,
      for: `${Math.min(every - 1, Math.max(1, Math.floor(every * share)))}ms`,
    })),
);
const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 100 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const bursts = fc.record({ on: fc.constantFrom('100ms', '9s', '1h'), off: fc.constantFrom('100ms', '5s', '1h') });
const timing = optional({
  name,
  during: fc.oneof(span, fc.array(span, { minLength: 1, maxLength: 4 })),
  bursts,
  probability: changing(share),
  first: fc.integer({ min: 1, max: 5 }),
  after: fc.nat(5),
  match: optional({ key: name, header: fc.dictionary(fc.constantFrom('x-a', 'authorization'), name) }),
});
const fault = fc.oneof(
  fc.constantFrom('overloaded', 'hang', { rate_limit: { retry_after: '2s' } }),
  fc.record({ latency }),
  fc.record({ slow_stream: optional({ ttft: latency, inter_token: latency }) }),
);
const rule = fc.oneof(
  fc.tuple(timing, fault).map(([when, what]) => ({ ...when, fault: what })),
  fc.tuple(timing, fc.array(fault, { minLength: 1, maxLength: 3 })).map(([when, sequence]) => ({ ...when, sequence })),
);

const number = changing(fc.integer({ min: 1, max: 1_000_000 }));
const numbers = fc.oneof(
  fc.constantFrom('tier-1', 'free'),
  optional({ rpm: number, tpm: number, rpd: number, in_flight: number }).map((given) => ({ rpd: 9, ...given })),
);
const PATTERNS = ['gpt-4o', 'gpt-5*', '*'];
const limits = fc
  .tuple(
    fc.tuple(numbers, numbers, numbers),
    fc.array(fc.tuple(duration, fc.constantFrom(...PATTERNS), numbers), { maxLength: 3 }),
    fc.boolean(),
  )
  .map(([entries, changes, byKey]) => ({
    ...Object.fromEntries(entries.map((entry, place) => [PATTERNS[place], entry])),
    ...(byKey ? { keys: { 'sk-*': { '*': entries[0] } } } : {}),
    ...(changes.length === 0 ? {} : { changes: changes.map(([at, pattern, entry]) => ({ at, [pattern]: entry })) }),
  }));

const scenario = optional({
  name,
  description: name,
  clock: fc.constantFrom('start', 'first_call'),
  validation: fc.constantFrom('strict', 'lenient', 'off'),
  unmatched_reply: fc.constantFrom('prose', 'error'),
  auth: fc.constantFrom('any', 'none', { keys: ['sk-secret-0123456789'] }),
  latency: optional({ ttft: latency, inter_token: latency }),
  limits,
  rules: fc
    .array(rule, { maxLength: 25 })
    .map((rules) => rules.map((each, n) => (each.name ? { ...each, name: `${n} ${each.name}` } : each))),
  replies: fc.array(fc.constantFrom({ content: 'Hi' }, { match: { turn: 2 }, tokens: 1 }, { echo: true }), { maxLength: 3 }),
});

test('whatever a scenario says, it is said in words and drawn: without a key, within the width, with nothing for the terminal', () => {
  fc.assert(
    fc.property(scenario, fc.integer({ min: 1, max: 200 }), fc.boolean(), (data, width, ascii) => {
      const { scenario: read, plan } = loadScenario({ file: 'scenario', data: data as ScenarioInput }, libraries);
      expect(JSON.stringify(explainService(read, plan))).not.toContain('sk-secret');
      const courses = timeCoursesOf(plan, UNTIL_MS);
      for (const { pieces } of courses) {
        let end = 0;
        for (const { from, to, begins, ends } of pieces) {
          expect(from).toBeGreaterThanOrEqual(end);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(UNTIL_MS);
          expect([begins, ends].every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
          end = to;
        }
      }
      const lines = timeChart({ courses, untilMs: UNTIL_MS }, { width, ascii });
      for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(Math.max(40, width));
      expect(lines.join('\n')).not.toMatch(ascii ? /[^\x20-\x7e\n]/ : /[^\P{Cc}\n]/u);
    }),
    { numRuns: propertyRuns(15) },
  );
});
