import { expect, test } from 'vitest';
import { faultsByName as faults } from '../../../src/core/faults/registry.ts';
import type { JournalEntry } from '../../../src/core/journal/entry.ts';
import { compilePlan } from '../../../src/core/plan/compile.ts';
import { brownOutsOf, outagesOf } from '../../../src/core/plan/outages.ts';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import { libraries } from '../../../src/libraries.ts';
import { journalEntry } from '../../support/journal-entry.ts';

const STARTED_AT = 1_000;
const SPAN = { from: STARTED_AT + 3_000, to: STARTED_AT + 5_000 };

/** The outages of a scenario whose journal is given. */
function outages(rules: string, entries: readonly JournalEntry[] = []) {
  return outagesOf(planned(rules), STARTED_AT, entries);
}

/** Its spans in which more than a share of 0.3 fails. */
function brownOuts(rules: string, entries: readonly JournalEntry[] = []) {
  return brownOutsOf(planned(rules), STARTED_AT, { entries, least: 0.3 });
}

function planned(rules: string) {
  const { value, problems } = parseScenario({ file: 'test.yaml', text: `rules:\n${rules}` }, libraries);
  if (problems !== undefined) throw new Error(JSON.stringify(problems));
  return compilePlan(value, 1, { libraries, faults }).rules;
}

/** A hundred requests within the span, so many of them struck by the rule, and as many on either side that are not. */
function arrivals(struck: number, rule = 'rules[0]', name: 'overloaded' | 'ok' = 'overloaded'): JournalEntry[] {
  const faultApplied = { rule, faults: [{ name, params: {} }] } as JournalEntry['faultApplied'];
  return Array.from({ length: 300 }, (_, at) =>
    journalEntry({
      seq: at + 1,
      t_headers: SPAN.from - 2_000 + at * 20,
      faultApplied: at >= 100 && at < 100 + struck ? faultApplied : null,
    }),
  );
}

test.each([
  'fault: overloaded',
  'fault: hang',
  'fault: connection_reset',
  'fault: { connection_reset: { at: accept } }',
  'fault: { connection_reset: { at: body } }',
  'fault: empty_response',
  'fault: [{ latency: 1s }, server_error]',
  'fault: { http_error: { status: 503 } }',
  'one_of: { overloaded: 1, server_error: 1 }',
  'one_of: [{ fault: [{ latency: 1s }, overloaded] }, { fault: connection_reset }]',
  'sequence: [overloaded, hang], repeat: true',
])('%s fails every request by plan', (action) => {
  expect(outages(`  - { during: 3s..5s, ${action} }`)).toEqual([SPAN]);
});

test.each([
  'fault: { latency: 1s }',
  'fault: ok',
  'fault: { http_error: { status: 200 } }',
  'one_of: { overloaded: 1, ok: 1 }',
  'sequence: [overloaded]',
  'sequence: [overloaded, ok], repeat: true',
  'fault: overloaded, probability: 0.9',
  'fault: overloaded, times: 9',
  'fault: overloaded, match: { endpoint: chat.completions }',
])('%s makes no outage by itself', (action) => {
  expect(outages(`  - { during: 3s..5s, ${action} }`)).toEqual([]);
});

test('a rule without `during` makes no outage', () => {
  expect(outages('  - { after: 100, times: 100, fault: overloaded }', arrivals(100))).toEqual([]);
});

test.each([
  'match: { endpoint: chat.completions }, fault: overloaded',
  'probability: 0.9, fault: overloaded',
  'one_of: { overloaded: 9, ok: 1 }',
])('%s is an outage when it failed four fifths of what arrived in its span', (parts) => {
  const rules = `  - { during: 3s..5s, ${parts} }`;
  expect(outages(rules, arrivals(80))).toEqual([SPAN]);
  expect(outages(rules, arrivals(79))).toEqual([]);
});

test('what a rule let through is not what it failed', () => {
  const rules = '  - { during: 3s..5s, one_of: { overloaded: 1, ok: 1 } }';
  expect(outages(rules, arrivals(100, 'rules[0]', 'ok'))).toEqual([]);
});

test('rules that fail a part each make an outage together, rules for all of the time do not', () => {
  const rules = [
    '  - { name: chats, during: 3s..5s, match: { endpoint: chat.completions }, fault: overloaded }',
    '  - { name: vectors, during: 3s..5s, match: { endpoint: embeddings }, fault: overloaded }',
    '  - { name: always, fault: overloaded }',
  ].join('\n');
  const mixed = (other: string) => [...arrivals(60, 'chats'), ...arrivals(100, other)];
  expect(outages(rules, mixed('vectors'))).toEqual([SPAN, SPAN]);
  expect(outages(rules, mixed('always'))).toEqual([]);
});

test('a rule that fails a share of what comes is a brown-out by plan, however few requests come', () => {
  expect(brownOuts('  - { during: 3s..5s, probability: 0.5, fault: overloaded }')).toEqual([{ ...SPAN, share: 0.5 }]);
  // By chance more of them failed than the rule says.
  expect(brownOuts('  - { during: 3s..5s, probability: 0.3, fault: overloaded }', arrivals(40))).toEqual([]);
});

test('of a rise and fall of errors, the span above the share is a brown-out', () => {
  const shares = [0.1, 0.3, 0.5, 0.3, 0.1];
  const rules = shares.map((share, at) => `  - { during: ${at}s..${at + 1}s, probability: ${share}, fault: overloaded }`);
  expect(brownOuts(rules.join('\n'))).toEqual([{ from: STARTED_AT + 2_000, to: STARTED_AT + 3_000, share: 0.5 }]);
});

test.each(['match: { endpoint: chat.completions }, fault: overloaded', 'one_of: { overloaded: 1, ok: 1 }'])(
  '%s is a brown-out when it failed more than the share of what arrived in its span',
  (parts) => {
    const rules = `  - { during: 3s..5s, ${parts} }`;
    expect(brownOuts(rules, arrivals(31))).toEqual([{ ...SPAN, share: 0.31 }]);
    expect(brownOuts(rules, arrivals(30))).toEqual([]);
  },
);

test('two rules in one span are a brown-out by what they failed together', () => {
  const rule = (name: string, share: number) => `  - { name: ${name}, during: 3s..5s, probability: ${share}, fault: overloaded }`;
  const rules = [rule('first', 0.25), rule('second', 0.2)].join('\n');
  expect(brownOuts(rules, [...arrivals(25, 'first')])).toEqual([]);
  const both = arrivals(40, 'first').map((entry, at) => (at >= 120 ? { ...entry, ...struckBy('second', entry) } : entry));
  expect(brownOuts(rules, both)).toEqual([
    { ...SPAN, share: 0.4 },
    { ...SPAN, share: 0.4 },
  ]);
});

test('an outage is no brown-out, nor is a span in which nothing fails', () => {
  expect(brownOuts('  - { during: 3s..5s, fault: overloaded }', arrivals(100))).toEqual([]);
  expect(brownOuts('  - { during: 3s..5s, probability: 0.9, fault: overloaded }', arrivals(90))).toEqual([]);
  expect(brownOuts('  - { during: 3s..5s, fault: { latency: 1s } }', arrivals(0))).toEqual([]);
  expect(brownOuts('  - { probability: 0.5, fault: overloaded }', arrivals(50))).toEqual([]);
});

/** What the journal says of an entry that the other rule has struck, where one did. */
function struckBy(rule: string, { faultApplied }: JournalEntry): Pick<JournalEntry, 'faultApplied'> {
  return { faultApplied: faultApplied === null ? null : { ...faultApplied, rule } };
}
