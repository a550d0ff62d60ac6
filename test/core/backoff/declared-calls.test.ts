import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ScenarioInput } from '../../../src/core/scenario/schema.ts';
import { bundledPath } from '../../../src/scenario-files/load-scenario.ts';
import { type ClientTools, type VirtualClient, virtualWorld } from '../../support/virtual-world.ts';

const bundled = (name: string) => parse(readFileSync(bundledPath(name), 'utf8')) as ScenarioInput;
/** What an SDK sends that does not retry by itself. */
const SDK = { headers: { 'x-stainless-retry-count': '0', 'x-stainless-lang': 'python' } };

/** How long a loop waits before retry `k`, in milliseconds. */
type Wait = (k: number, tools: ClientTools, hintMs: number) => number;

/** Repeats whatever fails, up to so many attempts. */
const loop =
  (wait: Wait, attempts = 30): VirtualClient =>
  async (tools) => {
    for (let k = 1; k <= attempts; k++) {
      const response = await tools.request(SDK);
      if (response.status === 200) return response.text;
      if (k < attempts) await tools.sleep(wait(k, tools, Number(response.header('retry-after') ?? 0) * 1_000));
    }
    throw new Error('gave up');
  };

/** Retries what passes, a few times, and never before it is told to. */
const careful =
  (wait: Wait, attempts = 4): VirtualClient =>
  async (tools) => {
    for (let k = 1; k <= attempts; k++) {
      const response = await tools.request(SDK);
      if (response.status === 200) return response.text;
      const isTransient = response.status >= 500 || (response.status === 429 && !response.text.includes('insufficient_quota'));
      if (!isTransient) break;
      const hintMs = Number(response.header('retry-after') ?? 0) * 1_000;
      if (k < attempts) await tools.sleep(Math.max(hintMs * 1.001 + 6, wait(k, tools, hintMs)));
    }
    throw new Error('gave up');
  };

const badLoops: Readonly<Record<string, Wait>> = {
  'without a wait': () => 0,
  'every 50 ms': () => 50,
  'every 200 ms': () => 200,
  'doubling from 25 ms to 400 ms': (k) => Math.min(400, 25 * 2 ** k),
  'at random within 300 ms': (_k, { random }) => 300 * random(),
  'after a tenth of what is asked': (_k, _tools, hintMs) => hintMs / 10 + 20,
};

const goodLoops: Readonly<Record<string, Wait>> = {
  'full jitter, 500 ms to 8 s': (k, { random }) => random() * Math.min(8_000, 500 * 2 ** k),
  'equal jitter, 1 s to 20 s': (k, { random }) => Math.min(20_000, 500 * 2 ** k) * (1 + random()),
  'as it is asked, and a little more': (k, { random }, hintMs) => hintMs + 500 * 2 ** k * (1 + 0.5 * random()),
};

/** The bundled scenario, and the rule that a loop breaks which repeats everything at once. */
const scenarios: Readonly<Record<string, string>> = {
  flaky: 'never_early',
  'rate-limited': 'never_early',
  outage: 'bounded_attempts',
  'quota-exhausted': 'no_retry_quota',
  'bad-key': 'no_retry_permanent',
};

/** As many as the rules of jitter and of herds need to accuse. */
const COUNT = 32;
/** Where every call fails for good, one is enough; a loop makes thirty attempts of it. */
const EACH_FAILS = new Set(['rate-limited', 'quota-exhausted', 'bad-key']);
const CALLS = { calls: COUNT, staggerMs: 200, named: false } as const;

for (const [scenario, rule] of Object.entries(scenarios)) {
  test.each(Object.entries(badLoops))(
    `${scenario}: a loop above an SDK without retries, %s, fails ${rule} when its calls are declared`,
    async (_name, wait) => {
      const calls = EACH_FAILS.has(scenario) ? 8 : COUNT;
      for (const declared of ['unique', calls] as const) {
        const world = { ...CALLS, calls, scenario: bundled(scenario), client: loop(wait), declared };
        const { accused, verdict } = await virtualWorld(world);
        expect(accused.fail).toContain(rule);
        expect(verdict.correlation).toEqual({ exact: calls, likely: 0, ambiguous: 0 });
      }
    },
  );

  test.each(Object.entries(goodLoops))(
    `${scenario}: a careful loop above an SDK without retries, %s, is not accused when its calls are declared`,
    async (_name, wait) => {
      for (const declared of ['unique', COUNT] as const) {
        for (let seed = 1; seed <= 2; seed++) {
          const { accused } = await virtualWorld({
            ...CALLS,
            scenario: bundled(scenario),
            client: careful(wait),
            declared,
            seed,
          });
          // The program as a whole sends forty calls into a wall, each of them once.
          const warn = accused.warn.filter((id) => id !== 'stops_at_a_wall');
          expect({ fail: accused.fail, warn }).toEqual({ fail: [], warn: [] });
        }
      }
    },
  );
}

test.each(
  Object.keys(scenarios).flatMap((scenario) => Object.entries(badLoops).map(([name, wait]) => [scenario, name, wait] as const)),
)('%s: a loop above an SDK without retries, %s, does not pass where nothing is declared', async (scenario, _name, wait) => {
  // Where each call fails: fewer requests than a wall takes.
  const [calls, client] = EACH_FAILS.has(scenario) ? [4, loop(wait, 5)] : [COUNT, loop(wait)];
  const { verdict } = await virtualWorld({ ...CALLS, calls, scenario: bundled(scenario), client });
  expect(verdict.verdict).not.toBe('pass');
});

/** What the rule says of eight calls that say the same, one after the other: so does a suite of eight tests. */
async function suite(client: VirtualClient, options: Partial<Parameters<typeof virtualWorld>[0]>) {
  const tests = { calls: 8, staggerMs: 30, oneByOne: true, samePrompt: true, named: false };
  const { verdict } = await virtualWorld({ ...tests, scenario: bundled('rate-limited'), client, ...options });
  const { verdict: ruled, explain } = verdict.findings.find(({ rule }) => rule === 'never_early') ?? {};
  return { verdict, ruled, explain };
}

const hasty = loop(() => 300);
const patient = careful((k) => 500 * 2 ** k);

test('a suite that asks the same in each test fails for early retries when it says how many calls it makes, or names them', async () => {
  const counted = await suite(hasty, { declared: 8 });
  expect([counted.ruled, counted.verdict.verdict, counted.verdict.calls]).toEqual(['fail', 'fail', 8]);
  expect(counted.explain).toMatch(/however the requests are dealt out to 8 calls$/);
  expect((await suite(hasty, { named: true })).ruled).toBe('fail');
});

test('a suite that declares wrongly accuses nobody, does not pass, and hears why', async () => {
  const { verdict, ruled } = await suite(hasty, { declared: 'unique' });
  expect([ruled, verdict.verdict, verdict.counts.fail, verdict.counts.warn]).toEqual(['inconclusive', 'inconclusive', 0, 0]);
  expect(verdict.explain).toMatch(/^calls: unique, but the request of seq 3 was made again after it had succeeded \(seq 4\)/);
});

test.each([
  [7, /^calls: 7, but the successes, and the requests that were under way at once, are those of 8$/],
  [25, /^calls: 25, but only 24 requests came$/],
] as const)('calls: %i is contradicted by 24 requests with eight successes', async (declared, explain) => {
  const { verdict } = await suite(hasty, { declared });
  expect([verdict.verdict, verdict.counts.fail]).toEqual(['inconclusive', 0]);
  expect(verdict.explain).toMatch(explain);
});

test('calls: 2 is contradicted by three different requests', async () => {
  const options = { calls: 3, named: false, scenario: bundled('rate-limited'), client: patient } as const;
  const { verdict } = await virtualWorld({ ...options, declared: 2 });
  expect([verdict.verdict, verdict.explain]).toEqual(['inconclusive', 'calls: 2, but 3 different requests came']);
});

test.each(['unique', 8] as const)('a suite that waits is not accused, whatever it declares: %s', async (declared) => {
  const { verdict, ruled } = await suite(patient, { declared });
  expect([verdict.counts.fail, verdict.counts.warn]).toEqual([0, 0]);
  expect(ruled).toBe(declared === 8 ? 'pass' : 'inconclusive');
});

test.each([
  ['bad-key', 'no_retry_permanent'],
  ['quota-exhausted', 'no_retry_quota'],
])('%s: of 36 equal requests in three calls, 33 are repeats, whoever made them', async (scenario, rule) => {
  const options = { calls: 3, staggerMs: 130, named: false, samePrompt: true, scenario: bundled(scenario) } as const;
  const { accused, verdict } = await virtualWorld({ ...options, client: loop(() => 50, 12), declared: 3 });
  expect(accused.fail).toContain(rule);
  expect([verdict.calls, verdict.attempts]).toEqual([3, 36]);
});

test('`attempts` goes by the declaration: a loop gets through where every call is rate limited twice', async () => {
  const { outcomes } = await virtualWorld({
    ...CALLS,
    scenario: bundled('rate-limited'),
    client: loop(() => 10, 3),
    declared: 'unique',
  });
  expect(outcomes.every(({ ok }) => ok)).toBe(true);
});

test('what is declared when the verdict is asked for counts as well', async () => {
  const options = { ...CALLS, scenario: bundled('bad-key'), client: loop(() => 50, 3) } as const;
  expect((await virtualWorld(options)).accused.fail).toEqual([]);
  expect((await virtualWorld({ ...options, policy: { calls: 'unique' } })).accused.fail).toContain('no_retry_permanent');
});

test('two requests at once of which the client leaves one are one call; two that it awaits are not', async () => {
  const hedge =
    (patienceMs: number | undefined): VirtualClient =>
    async ({ request, sleep }) => {
      const first = request(patienceMs === undefined ? {} : { timeoutMs: patienceMs }).catch(() => undefined);
      await sleep(500);
      const second = await request();
      await first;
      return second.text;
    };
  const options = { calls: 2, staggerMs: 5_000, named: false, declared: 'unique' } as const;
  const slow: ScenarioInput = { rules: [{ attempts: 1, fault: { latency: '2s' } }] };
  const left = await virtualWorld({ ...options, scenario: slow, client: hedge(1_500) });
  expect([left.verdict.contradiction, left.verdict.correlation.exact]).toEqual([undefined, 2]);
  const awaited = await virtualWorld({ ...options, scenario: slow, client: hedge(undefined) });
  expect(awaited.verdict.contradiction).toMatch(
    /seq 1 was made again while it was under way \(seq 2\), and 1 more request like it/,
  );
});
