import { expect, test } from 'vitest';
import { failoversToKeys, failoversToModels } from '../../../../src/core/backoff/history/failovers.ts';
import { historiesOf } from '../../../../src/core/backoff/history/history.ts';
import type { JournalEntry } from '../../../../src/core/journal/entry.ts';
import { type EntryParts, journalEntry } from '../../../support/journal-entry.ts';

/** Requests of calls of their own, each a millisecond after the other; with the numbers of those that went on elsewhere. */
function goneElsewhere(requests: readonly EntryParts[], find = failoversToModels) {
  const entries = requests.map(
    (parts, at): JournalEntry =>
      journalEntry({
        seq: at + 1,
        logicalId: `#${at}`,
        logicalIdFrom: 'first',
        t_headers: at * 10,
        bodySha256: `${at}`,
        question: 'q',
        ...parts,
      }),
  );
  return [...find(historiesOf(entries))].map(({ id }) => id);
}

const failed = (model: string): EntryParts => ({ status: 503, model });
const answered = (model: string): EntryParts => ({ status: 200, model });

test('a failure goes on with the next request that asks the same of another model, and each request is gone to once', () => {
  expect(goneElsewhere([failed('aaa'), failed('aaa'), answered('bbb')])).toEqual(['#0']);
  expect(goneElsewhere([failed('aaa'), failed('aaa'), answered('bbb'), answered('ccc')])).toEqual(['#0', '#1']);
  expect(goneElsewhere([failed('aaa'), answered('aaa'), answered('aaa'), answered('bbb')])).toEqual(['#0']);
});

test('nothing goes on where all go to one model, before the failure, or after more than a minute', () => {
  expect(goneElsewhere([failed('aaa'), failed('aaa'), answered('aaa')])).toEqual([]);
  expect(goneElsewhere([answered('bbb'), failed('aaa')])).toEqual([]);
  expect(goneElsewhere([failed('aaa'), { ...answered('bbb'), t_headers: 61_000 }])).toEqual([]);
});

test('what asks something else, or what nobody knows, is no failover', () => {
  expect(goneElsewhere([failed('aaa'), { ...answered('bbb'), question: 'r' }])).toEqual([]);
  expect(
    goneElsewhere([
      { ...failed('aaa'), question: null },
      { ...answered('bbb'), question: null },
    ]),
  ).toEqual([]);
});

test('the same body with another key is found, too', () => {
  const [a, b] = ['one', 'two'].map((authorizationHash) => ({ bodySha256: 'same', authorizationHash }));
  expect(
    goneElsewhere(
      [
        { ...failed('aaa'), ...a },
        { ...answered('aaa'), ...b },
      ],
      failoversToKeys,
    ),
  ).toEqual(['#0']);
});
