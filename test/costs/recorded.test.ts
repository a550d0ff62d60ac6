import { expect, test } from 'vitest';
import { plainMs } from '../support/cpu-time.ts';
import { drive } from '../support/drive.ts';
import { measureSteps } from './measure-steps.ts';

const MAX_STEP_MS = 50;
const ATTEMPTS = 5;

test('a long body of one word is recorded in steps of at most 50 ms', () => {
  const { engine } = drive({ record: { bodies: '128KiB' } });
  let quickestMs = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS && quickestMs >= MAX_STEP_MS; attempt++) {
    const content = 'x'.repeat(200_000) + String(attempt);
    const body = JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content }] });
    const { longestMs } = measureSteps(engine, { name: 'one word', path: '/v1/chat/completions', body });
    quickestMs = Math.min(quickestMs, plainMs(longestMs));
  }
  expect(quickestMs).toBeLessThan(MAX_STEP_MS);
  const [entry] = [...engine.defaultSession.entries(0)];
  expect(entry?.recorded?.request?.bodyCut).toBe(true);
});
