import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { RuleVerdict } from '../../src/core/backoff/kit/finding.ts';
import { probeOf } from '../../src/core/backoff/kit/probe.ts';
import { type BackoffRule, notApplicable } from '../../src/core/backoff/kit/rule.ts';
import { backoffRules, type RuleId } from '../../src/core/backoff/registry.ts';
import { neverEarly } from '../../src/core/backoff/rules/never-early.ts';
import { policyOf } from '../../src/core/policy/policy-of.ts';
import type { ClientAnswer } from '../../src/harness/client-call.ts';
import type { Driver } from '../../src/harness/driver.ts';
import { runProbes } from '../../src/harness/run-probes.ts';
import { type MockServer, startServer } from '../../src/server/start.ts';
import { postChat } from '../support/start-mock.ts';

type Call = Parameters<Driver['start']>[0];

/** What a driver makes of a client that throws. */
const failed = (error: unknown): ClientAnswer => ({ ok: false, error: String(error) });

function driverOf(client: (call: Call) => Promise<ClientAnswer>, stalls: Driver['stalls'] = []): Driver {
  return {
    stalls,
    start: (call, lane) => ({ process: `p${lane}`, answer: client(call).catch(failed), abort: async () => undefined }),
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

const OPTIONS = { policy: policyOf(), seed: 1, full: false, named: true, signal: new AbortController().signal };

async function finding(rule: RuleId, mock: MockServer, driver: Driver) {
  const rules = backoffRules.filter(({ id }) => id === rule);
  const { verdict } = await runProbes({ ...OPTIONS, server: mock, driver, rules });
  return verdict.findings[0];
}

/** Waits twice, between 60 and 460 ms, whatever happens. */
async function spread(call: Call): Promise<ClientAnswer> {
  for (let attempt = 0; attempt < 3; attempt++) {
    if (attempt > 0) await sleep(60 + 400 * Math.random());
    const response = await postChat(call).catch(() => undefined);
    await response?.text().catch(() => undefined);
    if (response?.ok === true) return { ok: true };
  }
  return { ok: false };
}

/** Asks again without a bound after a 422, and once after all else. */
async function stubbornAfter422(call: Call): Promise<ClientAnswer> {
  for (let attempt = 0; attempt < 30; attempt++) {
    const response = await postChat(call).catch(() => undefined);
    await response?.text().catch(() => undefined);
    if (response?.ok === true) return { ok: true };
    if (response?.status !== 422 && attempt > 0) break;
  }
  return { ok: false };
}

test('a rule is told of situations that are not its own', { timeout: 60_000 }, async () => {
  const rules = backoffRules.filter(({ id }) => id === 'bounded_attempts' || id === 'no_retry_permanent');
  const mock = await server();
  const { verdict } = await runProbes({ ...OPTIONS, server: mock, driver: driverOf(stubbornAfter422), rules });
  expect(verdict.findings.find(({ rule }) => rule === 'bounded_attempts')).toMatchObject({
    verdict: 'fail',
    explain: '1 call made more than 20 attempts, up to 30',
  });
  expect(await finding('bounded_attempts', mock, driverOf(stubbornAfter422))).toMatchObject({ verdict: 'pass' });
});

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

test('a client that sends nothing is told once with what it says', { timeout: 30_000 }, async () => {
  const rules = backoffRules.filter(({ id }) => id === 'never_early' || id === 'http_date');
  const mute = driverOf(async () => ({ ok: false, error: 'TypeError: no such model' }));
  const { verdict } = await runProbes({ ...OPTIONS, server: await server(), driver: mute, rules });
  expect(verdict.explain).toMatch(/; the client says: TypeError: no such model$/);
  for (const finding of verdict.findings)
    expect(finding).toMatchObject({ verdict: 'inconclusive', explain: 'the client sent no request' });
});

/** Sends nothing any more in a process in which a request has failed. */
function breakerDriver() {
  const open = new Set<string>();
  const released: string[] = [];
  const driver: Driver = {
    stalls: [],
    start: (call, lane) => {
      const process = typeof lane === 'object' ? lane.alone : 'shared';
      const client = async (): Promise<ClientAnswer> => {
        if (open.has(process)) return { ok: false, error: 'the breaker is open' };
        const response = await postChat(call);
        await response.text();
        if (!response.ok) open.add(process);
        return { ok: response.ok };
      };
      return { process, answer: client().catch(failed), abort: async () => undefined };
    },
    release: async (alone) => void released.push(alone),
    close: async () => undefined,
    kill: () => undefined,
  };
  return { driver, released };
}

test('what a breaker of an earlier situation holds back is tried in a process of its own', { timeout: 60_000 }, async () => {
  const { driver, released } = breakerDriver();
  const rules = backoffRules.filter(({ id }) => id === 'no_retry_permanent');
  const { entries, verdict } = await runProbes({ ...OPTIONS, server: await server(), driver, rules });
  // One for each situation.
  expect(entries.map(({ status }) => status).sort()).toEqual([400, 400, 401, 403, 404, 413, 422]);
  expect(released).not.toEqual([]);
  expect(verdict.findings[0]).toMatchObject({ verdict: 'pass', n: 7 });
});

/** A rule that judges nothing. */
function watching(windowMs: number, variant: Parameters<typeof probeOf>[2]): BackoffRule {
  return { ...neverEarly, probe: probeOf('watched', windowMs, variant), check: () => notApplicable('nothing is judged') };
}

const TWICE = { rules: [{ attempts: 1, fault: 'server_error' }] } as const;

/** A client that takes its time before its first request, and before its retry. */
function slow({ startMs, waitMs }: { readonly startMs: number; readonly waitMs: number }) {
  const seen = { starting: 0, most: 0 };
  const client = async (call: Call): Promise<ClientAnswer> => {
    seen.most = Math.max(seen.most, ++seen.starting);
    await sleep(startMs);
    seen.starting -= 1;
    const first = await postChat(call);
    await first.text();
    await sleep(waitMs);
    const second = await postChat(call);
    await second.text();
    return { ok: second.ok };
  };
  return { seen, client };
}

test.each([
  ['one after the other', { calls: 8 }],
  ['each when the one before is over', { calls: 3, sequential: true }],
] as const)(
  'calls that are processes start in turns (%s), and are watched from their first requests on',
  { timeout: 30_000 },
  async (_how, calls) => {
    const { seen, client } = slow({ startMs: 300, waitMs: 200 });
    const driver = { ...driverOf(client), startsAtOnce: 2 };
    const rules = [watching(1_000, { ...TWICE, ...calls }), watching(1_000, TWICE)];
    const { entries } = await runProbes({ ...OPTIONS, server: await server(), driver, rules });
    expect(seen.most).toBe(2);
    expect(entries.map(({ status }) => status).sort()).toEqual(
      Array.from({ length: 2 * (calls.calls + 1) }, (_, k) => (k <= calls.calls ? 200 : 500)),
    );
  },
);

test('a process that takes long to its first request is watched as long as any other', { timeout: 30_000 }, async () => {
  const { client } = slow({ startMs: 1_500, waitMs: 300 });
  const { entries } = await runProbes({
    ...OPTIONS,
    server: await server(),
    driver: driverOf(client),
    rules: [watching(1_000, TWICE)],
  });
  expect(entries.map(({ status }) => status)).toEqual([500, 200]);
});

/** Plays a rule that finds this of whatever it sees, and interrupts it within its window when the client has been answered. */
async function interrupted(verdict: RuleVerdict, client: (call: Call) => Promise<ClientAnswer>) {
  const controller = new AbortController();
  const driver = driverOf(async (call) => {
    const answer = await client(call);
    controller.abort();
    return answer;
  });
  const rule = { ...watching(60_000, TWICE), check: () => ({ verdict, explain: 'as it looks' }) };
  const run = await runProbes({ ...OPTIONS, server: await server(), driver, rules: [rule], signal: controller.signal });
  return { ...run, finding: run.verdict.findings[0] };
}

const once = async (call: Call) => ({ ok: (await postChat(call)).ok });

test.each(['pass', 'info', 'not_applicable'] as const)(
  'a rule whose situation was interrupted is inconclusive where it finds %s',
  async (found) => {
    const { finding, verdict } = await interrupted(found, once);
    expect(finding).toMatchObject({ verdict: 'inconclusive', explain: 'not watched to its end; so far: as it looks' });
    expect(verdict).toMatchObject({ verdict: 'inconclusive', cutShort: 'interrupted: what was not seen is inconclusive' });
  },
);

test.each(['fail', 'warn'] as const)('what was broken before a battery was interrupted stays: %s', async (found) => {
  const { finding } = await interrupted(found, once);
  expect(finding).toMatchObject({ verdict: found, explain: 'as it looks' });
});

test('a situation that was over before the battery was interrupted is judged', async () => {
  const controller = new AbortController();
  const rule = { ...watching(60_000, TWICE), check: () => ({ verdict: 'pass' as const, explain: 'as it looks' }) };
  const run = await runProbes({
    ...OPTIONS,
    server: await server(),
    driver: driverOf(once),
    rules: [rule],
    signal: controller.signal,
    onProgress: ({ done, of }) => done === of && controller.abort(),
  });
  expect(run.interrupted).toBe(true);
  expect(run.verdict.findings[0]).toMatchObject({ verdict: 'pass' });
});

test('no call starts when its window has closed', { timeout: 30_000 }, async () => {
  let started = 0;
  const driver: Driver = {
    ...driverOf(async () => ({ ok: false })),
    start: (call) => {
      started += 1;
      let end: (answer: ClientAnswer) => void = () => undefined;
      const answer = new Promise<ClientAnswer>((resolve) => (end = resolve));
      void postChat(call).catch(() => undefined);
      return { process: 'p1', answer, abort: async () => end({ ok: false }) };
    },
  };
  const rules = [watching(300, { rules: [{ fault: 'hang' }], calls: 3, sequential: true })];
  await runProbes({ ...OPTIONS, server: await server(), driver, rules });
  await new Promise((resolve) => setImmediate(resolve));
  expect(started).toBe(1);
});

test('what separate processes cannot show is left out, unless its rule is named', { timeout: 30_000 }, async () => {
  const mock = await server();
  const rules = backoffRules.filter(({ id }) => id === 'paces_on_headers');
  const driver = { ...driverOf(once), startsAtOnce: 10 };
  const left = await runProbes({ ...OPTIONS, named: false, server: mock, driver, rules });
  expect(left.entries).toEqual([]);
  expect(left.verdict.findings[0]).toMatchObject({
    verdict: 'not_applicable',
    explain: expect.stringMatching(/^left out, .* --only paces_on_headers$/),
  });
  const named = await runProbes({ ...OPTIONS, server: mock, driver, rules });
  expect(named.entries).toHaveLength(10);
});
