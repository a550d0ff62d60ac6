import { expect, test } from 'vitest';
import { historiesOf } from '../../../src/core/backoff/history/history.ts';
import { loadReportOf } from '../../../src/core/load/load-report.ts';
import { MOST_TARGETS, targetLoads } from '../../../src/core/load/targets.ts';
import { loadLines } from '../../../src/core/report/load-lines.ts';
import { journalEntry } from '../../support/journal-entry.ts';
import { loadRun } from '../../support/load/load-run.ts';

/** Two calls that fail at the primary and succeed at the backup, and one whose answer there is cut. */
const ENTRIES = [
  journalEntry({ seq: 1, logicalId: 'a', session: 'primary', status: 503, t_headers: 0 }),
  journalEntry({ seq: 2, logicalId: 'a', session: 'backup', billedTokens: 30, t_headers: 100 }),
  journalEntry({ seq: 3, logicalId: 'b', session: 'primary', status: 429, t_headers: 200 }),
  journalEntry({ seq: 4, logicalId: 'b', session: 'backup', billedTokens: 20, closedBy: 'server', t_headers: 300 }),
  journalEntry({ seq: 5, logicalId: 'b', session: 'backup', billedTokens: 40, t_headers: 400 }),
];

test('requests, refusals and waste are told by target, the busiest first', () => {
  const [first, second, ...others] = targetLoads({ histories: historiesOf(ENTRIES) });
  expect(first).toMatchObject({ provider: 'backup', requests: 3, refused: 0, broken: 1, billedTokens: 90, wastedTokens: 20 });
  expect(second).toMatchObject({ provider: 'primary', requests: 2, refused: 2, broken: 0, billedTokens: 0, wastedTokens: 0 });
  expect(others).toEqual([]);
});

test('lines name what differs between the targets, and nothing else', () => {
  const lines = loadLines(loadReportOf(loadRun({ entries: ENTRIES }))).filter(([name]) => name === 'target');
  expect(lines.map(([, text]) => text)).toEqual([
    'backup: 3 requests, 0 refused, 1 broken, 20 of 90 tokens wasted',
    'primary: 2 requests, 2 refused, 0 broken, 0 of 0 tokens wasted',
  ]);
});

test('keys and models are targets, too', () => {
  const entries = ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb'].map((authorizationHash, at) =>
    journalEntry({ seq: at + 1, logicalId: `call-${at}`, t_headers: at, authorizationHash, model: at === 0 ? 'gpt-4o' : null }),
  );
  const lines = loadLines(loadReportOf(loadRun({ entries }))).flatMap(([name, text]) => (name === 'target' ? [text] : []));
  expect(lines[0]).toMatch(/^gpt-4o, key aaaaaaaa: 1 request, /);
  expect(lines[1]).toMatch(/^no model, key bbbbbbbb: 1 request, /);
});

test('one target is not told apart, and of very many some are left out', () => {
  const single = ENTRIES.filter(({ session }) => session === 'backup');
  expect(loadReportOf(loadRun({ entries: single })).targets).toEqual([]);
  const entries = Array.from({ length: MOST_TARGETS + 5 }, (_, at) =>
    journalEntry({ seq: at + 1, logicalId: `call-${at}`, t_headers: at, model: `model-${at}` }),
  );
  const { targets, targetsLeftOut } = loadReportOf(loadRun({ entries }));
  expect([targets.length, targetsLeftOut]).toEqual([MOST_TARGETS, 5]);
});
