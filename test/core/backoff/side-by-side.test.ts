import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ScenarioInput } from '../../../src/core/scenario/schema.ts';
import { bundledPath } from '../../../src/scenario-files/load-scenario.ts';
import { type VirtualClient, virtualWorld } from '../../support/virtual-world.ts';

const bundled = (name: string) => parse(readFileSync(bundledPath(name), 'utf8')) as ScenarioInput;

type Marks = (attempt: number) => Readonly<Record<string, string>>;

/** Waits at least as long as it is asked, and a little longer each time. */
const careful =
  (marks: Marks, attempts = 6): VirtualClient =>
  async (tools) => {
    for (let k = 1; k <= attempts; k++) {
      const response = await tools.request({ headers: marks(k - 1) });
      if (response.status === 200) return response.text;
      const isTransient = response.status >= 500 || (response.status === 429 && !response.text.includes('insufficient_quota'));
      if (!isTransient) break;
      const hintMs = Number(response.header('retry-after') ?? 0) * 1_000;
      if (k < attempts) await tools.sleep(Math.max(hintMs * 1.001 + 10, 500 * 2 ** k * (0.5 + 0.5 * tools.random())));
    }
    throw new Error('gave up');
  };

const unmarked: Marks = () => ({});
const layer: Marks = () => ({ 'x-stainless-retry-count': '0', 'x-stainless-lang': 'js' });
const sdk: Marks = (k) => ({ 'x-stainless-retry-count': String(k), 'x-stainless-lang': 'js' });
const session: Marks = (k) => ({ ...sdk(k), 'x-client-request-id': 'session' });

/** Programs of which several callers say the same, none of whom comes back early. */
const programs: Readonly<Record<string, { readonly calls: number; readonly staggerMs: number; readonly oneByOne?: boolean }>> = {
  'callers side by side, one prompt': { calls: 24, staggerMs: 90 },
  'a suite started twice at once': { calls: 2, staggerMs: 105 },
  'a suite started four times': { calls: 4, staggerMs: 400 },
  'the same question three times in a row': { calls: 3, staggerMs: 40, oneByOne: true },
  'thirty at once': { calls: 30, staggerMs: 0.05 },
};

for (const scenario of ['flaky', 'rate-limited', 'tight-limits', 'outage']) {
  test.each(Object.entries(programs))(`${scenario}: %s, each of which waits, accuse nobody`, async (_program, shape) => {
    for (const marks of [unmarked, layer, sdk, session]) {
      for (let seed = 1; seed <= 2; seed++) {
        const options = { ...bundled(scenario), seed };
        const { accused } = await virtualWorld({
          ...shape,
          scenario: options,
          client: careful(marks),
          named: false,
          samePrompt: true,
          seed,
        });
        expect(accused.fail, `${marks.name}, seed ${seed}`).toEqual([]);
      }
    }
  });
}

test('the same question three times in a row under one session id, without credit, is not one call of three layers', async () => {
  const options = {
    calls: 3,
    staggerMs: 40,
    oneByOne: true,
    named: false,
    samePrompt: true,
    scenario: bundled('quota-exhausted'),
  } as const;
  const sdkOnQuota: VirtualClient = async ({ request, sleep }) => {
    for (let k = 0; k < 3; k++) {
      await request({ headers: session(k) });
      await sleep(500 * 2 ** k);
    }
    throw new Error('gave up');
  };
  const { accused } = await virtualWorld({ ...options, client: sdkOnQuota });
  // Each call went on after a billing code, which is what the official SDKs do.
  expect(accused).toEqual({ fail: [], warn: ['no_retry_quota'] });
});

/** Ignores what it is told. */
const hasty: VirtualClient = async ({ request, sleep }) => {
  for (let k = 0; k < 12; k++) {
    const { status, text } = await request();
    if (status === 200) return text;
    await sleep(300);
  }
  throw new Error('gave up');
};

test('a suite that asks the same in each test, and comes back early, accuses nobody, does not pass, and is told the way out', async () => {
  const suite = { calls: 8, staggerMs: 30, oneByOne: true, samePrompt: true, named: false } as const;
  const { verdict, accused } = await virtualWorld({ ...suite, scenario: bundled('rate-limited'), client: hasty });
  expect([verdict.verdict, accused.fail]).toEqual(['inconclusive', []]);
  for (const text of [verdict.explain, verdict.findings.find(({ rule }) => rule === 'never_early')?.explain]) {
    expect(text).toContain('--calls unique');
    expect(text).toContain('/s/default/c/<test>/v1');
  }
});
