import { expect, test } from 'vitest';
import { atOnce, type Steps } from '../../src/core/at-once.ts';
import { backoffRules } from '../../src/core/backoff/registry.ts';
import { policyOf } from '../../src/core/policy/policy-of.ts';
import { readCalls } from '../../src/session/read-calls.ts';
import { readEntriesOver } from '../../src/session/read-entries.ts';
import { judgeClient } from '../../src/session/verdict-on.ts';
import { plainMs } from '../support/cpu-time.ts';
import { drive, type Sent } from '../support/drive.ts';

const ENTRIES = 10_000;
const MAX_STEP_MS = 50;
const ATTEMPTS = 5;

/** CPU time of the longest step, in milliseconds. */
function longestStepMs(steps: Steps<unknown>): number {
  let longestMs = 0;
  for (;;) {
    const started = process.cpuUsage();
    const { done } = steps.next();
    const { user, system } = process.cpuUsage(started);
    longestMs = Math.max(longestMs, (user + system) / 1_000);
    if (done === true) return longestMs;
  }
}

const eachTwice = (at: number): Sent => ({ content: `Question ${Math.floor(at / 2)}` });
const sameByManyKeys = (at: number): Sent => ({
  content: `Question ${at % 20}`,
  key: `sk-${at % 7}`,
  model: at % 2 === 0 ? 'gpt-4o' : 'gpt-4.1',
});

function filled(scenario: string, asked: (at: number) => Sent) {
  const { engine, clock, send } = drive(scenario);
  for (let at = 0; at < ENTRIES; at++) {
    clock.advance(5);
    send(asked(at));
  }
  const session = engine.defaultSession;
  expect(session.kept).toBe(ENTRIES);
  return session;
}

test.each([
  ['that all went well', '{}', eachTwice],
  ['of which each third failed', 'rules: [{ every: 3, fault: server_error }]', eachTwice],
  ['that all failed', 'rules: [{ fault: rate_limit }]', eachTwice],
  ['that ask the same with many keys, of which each third failed', 'rules: [{ every: 3, fault: server_error }]', sameByManyKeys],
])('a full journal of requests %s is read, grouped and judged in steps of at most 50 ms', (_what, scenario, asked) => {
  const session = filled(scenario, asked);
  const ways: (() => Steps<unknown>)[] = [
    () => readEntriesOver([session], true),
    () => readCalls([session]),
    () => judgeClient([session], policyOf()),
  ];
  for (const way of ways) {
    let quickestMs = Number.POSITIVE_INFINITY;
    for (let attempt = 0; attempt < ATTEMPTS && quickestMs >= MAX_STEP_MS; attempt++)
      quickestMs = Math.min(quickestMs, plainMs(longestStepMs(way())));
    expect(quickestMs).toBeLessThan(MAX_STEP_MS);
  }
  expect(atOnce(judgeClient([session], policyOf())).verdict.findings).toHaveLength(backoffRules.length);
});
