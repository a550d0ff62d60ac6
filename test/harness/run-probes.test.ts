import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { policyOf } from '../../src/core/backoff/policy-schema.ts';
import { backoffRules, type RuleId } from '../../src/core/backoff/registry.ts';
import type { ClientAnswer } from '../../src/harness/client-call.ts';
import type { Driver } from '../../src/harness/driver.ts';
import { runProbes } from '../../src/harness/run-probes.ts';
import { type MockServer, startServer } from '../../src/server/start.ts';
import { postChat } from '../support/start-mock.ts';

type Call = Parameters<Driver['start']>[0];

function driverOf(client: (call: Call) => Promise<ClientAnswer>, stalls: Driver['stalls'] = []): Driver {
  return {
    stalls,
    start: (call, lane) => ({ process: `p${lane}`, answer: client(call), abort: async () => undefined }),
    close: async () => undefined,
    kill: () => undefined,
  };
}

async function server(): Promise<MockServer> {
  const source = { file: 'probe', data: { name: 'probe' } };
  const started = await startServer({ source, host: '127.0.0.1', port: 0 });
  onTestFinished(() => started.close(0));
  return started;
}

async function finding(rule: RuleId, mock: MockServer, driver: Driver) {
  const { verdict } = await runProbes({
    server: mock,
    driver,
    rules: backoffRules.filter(({ id }) => id === rule),
    policy: policyOf(),
    seed: 1,
    full: false,
    signal: new AbortController().signal,
  });
  return verdict.findings[0];
}

/** Waits twice, between 60 and 460 ms, whatever happens. */
async function spread(call: Call): Promise<ClientAnswer> {
  for (let attempt = 0; attempt < 3; attempt++) {
    if (attempt > 0) await sleep(60 + 400 * Math.random());
    const response = await postChat(call);
    await response.text();
    if (response.ok) return { ok: true };
  }
  return { ok: false };
}

const QUIET = Array.from({ length: 200 }, () => ({ at: 0, ms: 0 }));

test.each(['the mock', 'a client'])(
  'a stall of %s while a rule is watched makes it inconclusive, however quiet all other seconds are',
  { timeout: 30_000 },
  async (who) => {
    const mock = await server();
    const late = () => Array.from({ length: 40 }, (_, k) => ({ at: mock.engine.clock.now() - 50 * k, ms: 300 }));
    const stalls = {
      get stalls() {
        return [...QUIET, ...(who === 'a client' ? late() : [])];
      },
    };
    const driver = Object.defineProperties(driverOf(spread), Object.getOwnPropertyDescriptors(stalls));
    const watched = { ...mock, loopDelays: () => [...QUIET, ...(who === 'the mock' ? late() : [])] };
    expect(await finding('has_jitter', watched, driver)).toMatchObject({
      verdict: 'inconclusive',
      explain: expect.stringContaining('this machine was late itself'),
    });
  },
);

test('a stall before a rule is watched does not bear on it', { timeout: 30_000 }, async () => {
  const mock = await server();
  const long = mock.engine.clock.now() - 60_000;
  const stalls = Array.from({ length: 200 }, () => ({ at: long, ms: 900 }));
  expect(await finding('has_jitter', { ...mock, loopDelays: () => [] }, driverOf(spread, stalls))).toMatchObject({
    verdict: 'pass',
  });
});

test('a client that sends nothing is told with what it says', { timeout: 30_000 }, async () => {
  const mock = await server();
  const mute = driverOf(async () => ({ ok: false, error: 'TypeError: no such model' }));
  expect(await finding('never_early', mock, mute)).toMatchObject({
    verdict: 'inconclusive',
    explain: 'the client sent no request; it says: TypeError: no such model',
  });
});
