import { expect, test } from 'vitest';
import { judge } from '../../../src/core/backoff/verdict/judge.ts';
import { policyOf } from '../../../src/core/policy/policy-of.ts';
import { policySchema } from '../../../src/core/policy/policy-schema.ts';
import { journalEntry } from '../../support/journal-entry.ts';

const PART = 'The weather in Par';
const WHOLE = 'The weather in Paris is fine. Take a hat.';

/** What the rule says of a client that comes to this text over streams of which all but the last broke off. */
function verdictOn(text: string, cuts = 1) {
  const call = { logicalId: 'call-1', certainty: 'exact', status: 200, stream: true } as const;
  const broken = { closedBy: 'server', closedHow: 'reset', chunksOut: 5, eventsOut: 6 } as const;
  const entries = Array.from({ length: cuts + 1 }, (_, at) =>
    journalEntry({ ...call, ...(at < cuts ? broken : {}), seq: at + 1, attemptSeq: at + 1, t_headers: at * 1_000 }),
  );
  const outcomes = [{ call: 'call-1', ok: true, text, startedAt: 0, settledAt: cuts * 1_000 + 50 }];
  const around = { watchedUntil: 60_000, clientEndedAt: 60_000, outcomes };
  const { findings } = judge(entries, around, policyOf(policySchema.parse({})), { name: 't', seed: 1, rules: [] });
  return findings.find(({ rule }) => rule === 'no_silent_replay')?.verdict;
}

test.each([
  ['without anything between', `${PART}${WHOLE}`, 1],
  ['behind a blank line', `${PART}\n\n${WHOLE}`, 1],
  ['behind a space in the middle of a word', `${PART} ${WHOLE}`, 1],
  ['behind two parts, of which the second is shorter', `${PART}\n${PART.slice(0, 15)}\n${WHOLE}`, 2],
])('a whole that is glued to a part %s is found', (_how, text, cuts) => {
  expect(verdictOn(text, cuts)).toBe('fail');
});

test.each([
  ['the whole alone', WHOLE],
  ['the whole, behind words that say that it begins anew', `${PART}\n[The connection broke. Once more:]\n${WHOLE}`],
  ['events as they came', `data: {"a":1}\n\ndata: {"a":1}\n\ndata: {"a":1}`],
  ['a text that begins with many blanks', `${' '.repeat(30)}Take a hat.`],
  ['blanks alone', ' '.repeat(30)],
  ['a text whose first words come again', 'The weather is fine. The weather is what we speak of.'],
])('%s is no silent replay', (_what, text) => {
  expect(verdictOn(text)).toBe('pass');
});

test('a text that repeats itself more often than streams broke off does not tell whether it is glued', () => {
  expect(verdictOn('lorem ipsum dolor '.repeat(20))).toBe('inconclusive');
});
