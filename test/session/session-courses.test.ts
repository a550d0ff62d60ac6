import { expect, test } from 'vitest';
import { sessionCourses } from '../../src/session/session-courses.ts';
import { drive } from '../support/drive.ts';

test('what the plan had in store is told on the clock of the journal, as far as the journal goes', () => {
  const mock = drive('rules: [{ name: down, during: { from: 1s, every: 10s, for: 2s }, fault: overloaded }]');
  const { defaultSession: session } = mock.engine;
  expect(sessionCourses([session], [])).toEqual([]);
  mock.clock.advance(5_000);
  mock.send();
  mock.clock.advance(12_000);
  mock.send({ content: 'last' });
  const [course] = sessionCourses([session], session.journal());
  expect(course).toMatchObject({
    name: 'down',
    pieces: [
      { from: 6_000, to: 8_000 },
      { from: 16_000, to: 17_000 },
    ],
  });
});

test('services of one scenario have their names before those of their rules', () => {
  const mock = drive('providers: { primary: { rules: [{ name: down, during: 0s..9s, fault: overloaded }] }, backup: {} }');
  mock.send({ target: '/s/primary/v1/chat/completions' });
  mock.clock.advance(1_000);
  mock.send({ target: '/s/backup/v1/chat/completions' });
  const sessions = mock.engine.judgedWith(mock.engine.defaultSession);
  const entries = sessions.flatMap((session) => session.journal());
  expect(sessionCourses(sessions, entries).map(({ name, pieces }) => [name, pieces.length])).toEqual([['primary: down', 1]]);
});
