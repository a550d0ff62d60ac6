import { expect, test } from 'vitest';
import { loadReportOf } from '../../../src/core/load/load-report.ts';
import type { ScenarioInput } from '../../../src/core/scenario/schema.ts';
import { callRecord, loadRun } from '../../support/load-run.ts';
import { type VirtualClient, virtualWorld } from '../../support/virtual-world.ts';

/*
 * The small calculation of the README, held against a simulated fleet. λ calls a second, at most n attempts each, a
 * capacity of r a second, and c for the price of a refusal in places. When all attempts fail, the fleet sends λ·n of them
 * and refusing these costs c·λ·n: from r on nothing is left to serve with, although λ < r would do.
 */
const CALLS_PER_SECOND = 25;
const CAPACITY = 40;
const REFUSAL_COST = 0.25;

const SCENARIO: ScenarioInput = {
  capacity: { rate: `${CAPACITY}/s`, burst: 2, queue: 10, service_time: '50ms', refusal_cost: REFUSAL_COST },
  rules: [{ during: '4s..8s', fault: 'overloaded' }],
};

/** A client that tries so often, with the wait that is given. */
const retrying =
  (attempts: number, waitMs: (tried: number, random: () => number) => number): VirtualClient =>
  async ({ request, sleep, random }) => {
    for (let tried = 1; ; tried++) {
      const { status, text } = await request();
      if (status === 200) return text;
      if (tried === attempts) throw new Error(String(status));
      await sleep(waitMs(tried, random));
    }
  };

async function figuresOf(client: VirtualClient) {
  const forMs = 20_000;
  const calls = (CALLS_PER_SECOND * forMs) / 1_000;
  const { session, outcomes } = await virtualWorld({ scenario: SCENARIO, client, calls, staggerMs: 1_000 / CALLS_PER_SECOND });
  const entries = session.journal();
  return loadReportOf(
    loadRun({
      workload: { model: 'open', text: '', perSecond: CALLS_PER_SECOND, processes: 1, maxInFlight: calls },
      records: outcomes.map(({ call, startedAt = 0, settledAt = null, ok }) => callRecord(call, startedAt, { settledAt, ok })),
      entries,
      outages: session.outages(),
      capacityPerSecond: CAPACITY,
      from: entries[0]?.t_headers ?? 0,
      loadUntil: forMs,
    }),
  );
}

test('many quick retries keep the service down: as many attempts as λ·n says, and next to no goodput', async () => {
  const attempts = 20;
  expect(REFUSAL_COST * CALLS_PER_SECOND * attempts).toBeGreaterThan(CAPACITY);
  const { recovery, amplification } = await figuresOf(retrying(attempts, () => 100));
  expect(recovery.state).toBe('metastable');
  expect((recovery.offeredAtEnd ?? 0) / (CALLS_PER_SECOND * attempts)).toBeGreaterThan(0.9);
  expect((recovery.offeredAtEnd ?? 0) / (CALLS_PER_SECOND * attempts)).toBeLessThan(1.1);
  expect(recovery.goodputAtEnd).toBeLessThan(0.1 * CALLS_PER_SECOND);
  expect(amplification.inOutage).toBeGreaterThan(15);
});

test('few retries with jitter let it recover: c·λ·n stays below the capacity', async () => {
  const attempts = 5;
  expect(REFUSAL_COST * CALLS_PER_SECOND * attempts).toBeLessThan(CAPACITY);
  const { recovery, amplification } = await figuresOf(retrying(attempts, (tried, random) => random() * 250 * 2 ** (tried + 1)));
  expect(recovery.state).toBe('recovered');
  expect(amplification.max).toBeLessThanOrEqual(attempts);
});

test('a retry budget keeps the load near that of the calls alone', async () => {
  let budget = 10;
  const budgeted: VirtualClient = async ({ request, sleep, random }) => {
    for (let tried = 1; ; tried++) {
      const { status, text } = await request();
      if (status === 200) {
        budget = Math.min(10, budget + 0.1);
        return text;
      }
      if (tried === 5 || budget < 1) throw new Error(String(status));
      budget -= 1;
      await sleep(random() * 250 * 2 ** (tried + 1));
    }
  };
  const { recovery, amplification } = await figuresOf(budgeted);
  expect(recovery.state).toBe('recovered');
  expect(amplification.mean).toBeLessThan(1.1);
});
