import { expect, test } from 'vitest';
import { drive } from '../support/drive.ts';

const bounds = { entries: 3, bodyBytes: 1_000, leavesOut: (call: string) => call.startsWith('noise-') };
const noise = { target: '/s/default/c/noise-1/v1/chat/completions' };

test('what the journal leaves out pushes nothing out of it, and takes no number', () => {
  const { engine, send } = drive({}, { bounds });
  send({ content: 'One' });
  for (let request = 0; request < 10; request++) send(noise);
  send({ content: 'Two' });
  const { defaultSession } = engine;
  expect(defaultSession.journal().map(({ seq, logicalIdFrom }) => [seq, logicalIdFrom])).toEqual([
    [1, 'first'],
    [2, 'first'],
  ]);
  expect([defaultSession.kept, defaultSession.dropped, defaultSession.inFlight]).toEqual([2, 0, 0]);
});

test('listeners hear of what the journal leaves out, with its end', () => {
  const { engine, send } = drive({ rules: [{ attempts: 2, fault: 'overloaded' }] }, { bounds });
  const heard: unknown[] = [];
  engine.onEntry(({ logicalId, attemptSeq, status }) => void heard.push([logicalId, attemptSeq, status]));
  send(noise);
  send(noise);
  expect(heard).toEqual([
    ['noise-1', 1, 200],
    ['noise-1', 2, 503],
  ]);
});

test('what the journal leaves out uses up limits as any request does', () => {
  const { send } = drive({ limits: { 'gpt-4o': { rpm: 3 } } }, { bounds });
  for (let request = 0; request < 3; request++) send(noise);
  expect(send({ content: 'Mine' }).status).toBe(429);
});

test('a header does not take a request out of the journal: only the path does', () => {
  const { engine, send } = drive({}, { bounds });
  send({ target: '/v1/chat/completions', content: 'noise-1' });
  expect(engine.defaultSession.kept).toBe(1);
});
