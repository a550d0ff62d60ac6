import { expect, test } from 'vitest';
import { progressLine } from '../../../src/cli/output/load-progress.ts';

test('the progress of a load is one line with rates since the line before', () => {
  const before = { elapsedMs: 11_000, forMs: 60_000, started: 550, ok: 530, failed: 4, inFlight: 16, attempts: 700 };
  const now = { ...before, elapsedMs: 12_000, started: 600, ok: 578, attempts: 774 };
  expect(progressLine(now, before)).toBe('12 s of 60 s · 600 started, 578 ok, 4 failed, 16 in flight · 74 attempts/s · 48 ok/s');
});
