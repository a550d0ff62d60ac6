import { expect, test } from 'vitest';
import { virtualWorld } from '../support/virtual-world.ts';
import { type Bug, bugs, twinOf } from './bugs.ts';

const inWorld = ({ scenario, policy = {}, world = {} }: Bug, client: Bug['client']) =>
  virtualWorld({ scenario, policy, client, ...world });

test.each(bugs)('$row: a client that $symptom is accused of that, and of nothing else', async (bug) => {
  const { accused, verdict } = await inWorld(bug, bug.client);
  expect(
    accused,
    JSON.stringify(
      verdict.findings.filter((f) => ['fail', 'warn'].includes(f.verdict)),
      null,
      1,
    ),
  ).toEqual({
    fail: bug.fail ?? [],
    warn: bug.warn ?? [],
  });
  for (const id of bug.info ?? []) expect(verdict.findings.find(({ rule }) => rule === id)?.verdict).toBe('info');
  for (const { verdict: found, evidence, advice } of verdict.findings)
    if (found === 'fail') expect([evidence.length > 0, advice !== '']).toEqual([true, true]);
});

test.each(bugs)('$row: the good twin is accused of nothing', async (bug) => {
  const { accused, verdict } = await inWorld(bug, twinOf(bug));
  expect(
    accused,
    JSON.stringify(
      verdict.findings.filter((f) => ['fail', 'warn'].includes(f.verdict)),
      null,
      1,
    ),
  ).toEqual({ fail: [], warn: [] });
});
