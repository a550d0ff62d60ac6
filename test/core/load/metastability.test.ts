import { expect, test } from 'vitest';
import { loadReportOf } from '../../../src/core/load/load-report.ts';
import type { ScenarioInput } from '../../../src/core/scenario/schema.ts';
import { sessionOutages } from '../../../src/session/session-outages.ts';
import { hotRetries } from '../../support/hot-retries.ts';
import { callRecord, loadRun } from '../../support/load/load-run.ts';
import { type VirtualClient, virtualWorld } from '../../support/virtual-world.ts';

/*
 * The small calculation of docs/load.md, held against a simulated fleet. λ calls a second, at most n attempts each, a
 * capacity of r a second, and c for the price of a refusal in places. When all attempts fail, the fleet sends λ·n of them
 * and refusing these costs c·λ·n: from r on nothing is left to serve with, although λ < r would do.
 */
const CALLS_PER_SECOND = 25;
const CAPACITY = 40;
const REFUSAL_COST = 0.25;

interface Fleet {
  readonly scenario: ScenarioInput;
  readonly capacity: number;
  readonly callsPerSecond: number;
  readonly forMs: number;
}

const FLEET: Fleet = {
  scenario: {
    capacity: { rate: `${CAPACITY}/s`, burst: 2, queue: 10, service_time: '50ms', refusal_cost: REFUSAL_COST },
    rules: [{ during: '3s..5s', fault: 'overloaded' }],
  },
  capacity: CAPACITY,
  callsPerSecond: CALLS_PER_SECOND,
  forMs: 12_000,
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

async function figuresOf(client: VirtualClient, { scenario, capacity, callsPerSecond, forMs }: Fleet = FLEET) {
  const calls = (callsPerSecond * forMs) / 1_000;
  const { session, outcomes } = await virtualWorld({ scenario, client, calls, staggerMs: 1_000 / callsPerSecond });
  const entries = session.journal();
  return loadReportOf(
    loadRun({
      workload: { model: 'open', text: '', perSecond: callsPerSecond, processes: 1, maxInFlight: calls },
      records: outcomes.map(({ call, startedAt = 0, settledAt = null, ok }) => callRecord(call, startedAt, { settledAt, ok })),
      entries,
      outages: sessionOutages(session, entries),
      capacityPerSecond: capacity,
      from: entries[0]?.t_headers ?? 0,
      loadUntil: forMs,
    }),
  );
}

test('many quick retries keep the service down: as many attempts as λ·n says, and next to no goodput', {
  timeout: 60_000,
}, async () => {
  const attempts = 20;
  expect(REFUSAL_COST * CALLS_PER_SECOND * attempts).toBeGreaterThan(CAPACITY);
  const { recovery, amplification } = await figuresOf(retrying(attempts, () => 100));
  expect(recovery.state).toBe('metastable');
  expect((recovery.offeredAtEnd ?? 0) / (CALLS_PER_SECOND * attempts)).toBeGreaterThan(0.9);
  expect((recovery.offeredAtEnd ?? 0) / (CALLS_PER_SECOND * attempts)).toBeLessThan(1.1);
  expect(recovery.goodputAtEnd).toBeLessThan(0.1 * CALLS_PER_SECOND);
  expect(amplification.inOutage).toBeGreaterThan(15);
});

/** A machine on which nobody runs for the first so many milliseconds of every period. */
const stalling =
  (client: VirtualClient, everyMs: number, forMs: number): VirtualClient =>
  (tools, signal) =>
    client(
      {
        ...tools,
        async sleep(ms) {
          await tools.sleep(ms);
          const stalledMs = tools.now() % everyMs;
          if (stalledMs < forMs) await tools.sleep(forMs - stalledMs);
        },
      },
      signal,
    );

test.each([
  [0, 1_000],
  [150, 500],
  [300, 1_000],
  [400, 1_000],
  [1_000, 3_000],
])('hot retries keep their service down on a machine that stalls %i of %i ms', async (forMs, everyMs) => {
  const { attempts, waitMs, ...fleet } = hotRetries;
  const rate = Number.parseInt(fleet.scenario.capacity.rate, 10);
  const client = stalling(
    retrying(attempts, () => waitMs),
    everyMs,
    forMs,
  );
  const { recovery, amplification } = await figuresOf(client, { ...fleet, capacity: rate });
  expect(recovery.state).toBe('metastable');
  // Those let in fit into the stalls, save for the places that the outage left free.
  const { burst, queue } = fleet.scenario.capacity;
  const seconds = (fleet.forMs - 6_000) / 1_000;
  const letIn = Math.round((recovery.goodputAfter ?? 0) * seconds);
  expect(letIn).toBeLessThanOrEqual((seconds * rate * forMs) / everyMs + burst + queue);
  expect(amplification.mean).toBeGreaterThan(8);
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
