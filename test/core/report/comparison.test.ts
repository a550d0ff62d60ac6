import { expect, test } from 'vitest';
import { loadReportOf } from '../../../src/core/load/load-report.ts';
import { type ComparedRun, comparedRow, comparedRun, differencesOf } from '../../../src/core/report/comparison.ts';
import type { JsonLoad } from '../../../src/core/report/json-schema.ts';
import { callRecord, loadRun } from '../../support/load/load-run.ts';

function comparedTo(parts: Partial<ComparedRun>, run = loadRun({ records: [callRecord('a', 0)] })): ComparedRun {
  return { name: 'fleet', verdict: 'pass', scenario: 'outage', seed: 1, load: loadReportOf(run) as JsonLoad, ...parts };
}

test('what is no report of a load run is told as what it is', () => {
  expect(comparedRun('a', '{')).toBe('it is no JSON');
  expect(comparedRun('a', '{}')).toBe('it is no report of mock-openai');
});

test('a run is a row of figures', () => {
  expect(comparedRow(comparedTo({}))).toEqual(['fleet', 'no outage', '–', '–', '–', '1 of 1', '0', '0']);
});

test('what makes runs unequal is told', () => {
  const late = loadRun({ records: [callRecord('a', 0, { startedAt: 90 })], cutShort: 'interrupted by SIGINT' });
  expect(differencesOf([comparedTo({}), comparedTo({})])).toEqual([]);
  expect(differencesOf([comparedTo({}), comparedTo({ name: 'other', seed: 2, scenario: 'flaky' }, late)])).toEqual([
    'the runs differ in the scenario: outage · flaky',
    'the runs differ in the seed: 1 · 2',
    'other was cut short: interrupted by SIGINT',
    'other: the driver did not keep its schedule',
  ]);
});
