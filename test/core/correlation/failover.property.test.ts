import fc from 'fast-check';
import { expect, test } from 'vitest';
import { atOnce } from '../../../src/core/at-once.ts';
import { historiesOf } from '../../../src/core/backoff/history/history.ts';
import { groupBy } from '../../../src/core/collections/group-by.ts';
import type { ScenarioInput } from '../../../src/core/scenario/schema.ts';
import { readEntriesOver } from '../../../src/session/read-entries.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { type ClientTools, virtualWorld } from '../../support/virtual-world.ts';

const PROVIDERS = ['first', 'second', 'third'] as const;
const KEYS = ['sk-a', 'sk-b'] as const;
const MODELS = ['gpt-4o', 'gpt-4o-mini'] as const;

interface Target {
  readonly provider: (typeof PROVIDERS)[number];
  readonly key: (typeof KEYS)[number];
  readonly model: (typeof MODELS)[number];
}

/** What a call does when its target fails, or is slow. */
type Habit = 'fails over' | 'retries, then fails over' | 'hedges' | 'resumes';

interface Fleet {
  readonly calls: number;
  readonly staggerMs: number;
  readonly failing: number;
  readonly waitMs: number;
  readonly habit: Habit;
  readonly targets: readonly Target[];
  readonly seed: number;
}

const target = fc.record<Target>({
  provider: fc.constantFrom(...PROVIDERS),
  key: fc.constantFrom(...KEYS),
  model: fc.constantFrom(...MODELS),
});

const fleet = fc.record<Fleet>({
  calls: fc.integer({ min: 1, max: 12 }),
  staggerMs: fc.constantFrom(0.05, 1, 7, 40, 400, 4_000),
  failing: fc.constantFrom(0.2, 0.5, 0.8),
  waitMs: fc.constantFrom(0, 1, 60, 300, 1_500),
  habit: fc.constantFrom<Habit>('fails over', 'retries, then fails over', 'hedges', 'resumes'),
  targets: fc.uniqueArray(target, {
    minLength: 2,
    maxLength: 4,
    selector: ({ provider, key, model }) => `${provider} ${key} ${model}`,
  }),
  seed: fc.nat(1_000),
});

/** How requests of a call are marked: by their path, by an id, or not at all. */
type Mark = 'path' | 'id' | 'none';

interface How {
  readonly mark: Mark;
  readonly samePrompt: boolean;
}

/** Each provider fails and is slow now and then; streams break off. */
function scenarioOf({ failing, habit, seed }: Fleet): ScenarioInput {
  const fault =
    habit === 'resumes' ? ({ truncated_stream: { after_chunks: 3, end: 'reset' } } as const) : ('server_error' as const);
  // A rule that speaks of a key tells keys apart.
  const rules = [
    { match: { key: 'sk-other' }, fault: 'overloaded' as const },
    { probability: failing, fault },
  ];
  const latency = { ttft: { p50: '120ms', p95: '700ms' } };
  return { seed, providers: Object.fromEntries(PROVIDERS.map((name) => [name, { rules, latency }])) };
}

/** What asks a target, as the truth, and the mark, of the call have it. */
function asking(tools: ClientTools, mark: Mark) {
  const truth = `client ${tools.random()}`;
  const headers = { 'user-agent': truth, ...(mark === 'id' ? { 'x-client-request-id': truth } : {}) };
  return ({ provider, key, model }: Target, body: object = {}, signal?: AbortSignal) =>
    tools.request({ provider, key, headers, body: { model, ...body }, signal });
}

type Ask = ReturnType<typeof asking>;

async function inTurn(ask: Ask, tools: ClientTools, { targets, waitMs, habit }: Fleet): Promise<string> {
  for (const one of targets) {
    for (let attempt = 0; attempt < (habit === 'fails over' ? 1 : 2); attempt++) {
      const { status, text } = await ask(one);
      if (status === 200) return text;
      await tools.sleep(waitMs * (0.5 + tools.random()));
    }
  }
  throw new Error('gave up');
}

/** The next target is asked when the one before has not answered in 150 ms; the first good answer counts. */
async function hedged(ask: Ask, tools: ClientTools, { targets }: Fleet): Promise<string> {
  const controllers = targets.map(() => new AbortController());
  const asked = targets.map(async (one, at) => {
    const signal = controllers[at]?.signal;
    if (at > 0) await tools.sleep(150 * at, signal);
    const { status, text } = await ask(one, {}, signal);
    if (status !== 200) throw new Error(String(status));
    return text;
  });
  try {
    return await Promise.any(asked);
  } finally {
    for (const controller of controllers) controller.abort(new Error('another was faster'));
  }
}

/** What came of a stream that broke off goes to the next target, as what the assistant has said. */
async function resumed(ask: Ask, tools: ClientTools, { targets, waitMs }: Fleet): Promise<string> {
  let said = '';
  for (const one of targets) {
    const messages = [{ role: 'user', content: tools.prompt }, ...(said === '' ? [] : [{ role: 'assistant', content: said }])];
    try {
      const { status, text } = await ask(one, { stream: true, messages });
      if (status === 200) return said + text;
    } catch (error) {
      const partial = String((error as { partial?: unknown }).partial ?? '');
      said += [...partial.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join('');
    }
    await tools.sleep(waitMs * (0.5 + tools.random()));
  }
  throw new Error('gave up');
}

/** Lets a fleet run of which the user agent tells the truth; returns the calls that are found, with what they really are. */
async function found(drawn: Fleet, { mark, samePrompt }: How) {
  const { session, engine } = await virtualWorld({
    scenario: scenarioOf(drawn),
    calls: drawn.calls,
    staggerMs: drawn.staggerMs,
    seed: drawn.seed,
    named: mark === 'path',
    samePrompt,
    client: (tools) => {
      const ask = asking(tools, mark);
      if (drawn.habit === 'hedges') return hedged(ask, tools, drawn);
      return drawn.habit === 'resumes' ? resumed(ask, tools, drawn) : inTurn(ask, tools, drawn);
    },
  });
  const entries = atOnce(readEntriesOver(engine.judgedWith(session), true));
  const truthOf = ({ headers }: (typeof entries)[number]) => headers['user-agent'] ?? '';
  const requests = entries.map(truthOf);
  // A hedge that crosses the answer is a history of its own, under the name of its call.
  const named = groupBy(historiesOf(entries), ({ id }) => id);
  const calls = [...named.values()].map((same) => ({
    certainties: [...new Set(same.map(({ certainty }) => certainty))],
    truths: same.flatMap(({ tries, replays }) => [...tries.map(({ entry }) => entry), ...replays].map(truthOf)),
  }));
  return { calls, requests };
}

/** It has requests of one call, and all of them. */
function isRight(truths: readonly string[], requests: readonly string[]): boolean {
  const own = new Set(truths);
  return own.size === 1 && requests.filter((truth) => own.has(truth)).length === truths.length;
}

const how = (mark: Mark, samePrompt: boolean): How => ({ mark, samePrompt });

test.each([true, false])(
  'calls with a name in the path are found without a mistake (the same question: %s)',
  async (samePrompt) => {
    await fc.assert(
      fc.asyncProperty(fleet, async (drawn) => {
        const { calls, requests } = await found(drawn, how('path', samePrompt));
        for (const { certainties, truths } of calls) expect([certainties, isRight(truths, requests)]).toEqual([['exact'], true]);
      }),
      { numRuns: propertyRuns(30) },
    );
  },
);

test.each([
  ['id', true],
  ['id', false],
  ['none', true],
  ['none', false],
] as const)('no call is called exact by mistake (mark: %s, the same question: %s)', async (mark, samePrompt) => {
  await fc.assert(
    fc.asyncProperty(fleet, async (drawn) => {
      const { calls, requests } = await found(drawn, how(mark, samePrompt));
      for (const { certainties, truths } of calls)
        if (certainties.includes('exact')) expect([truths, isRight(truths, requests)]).toEqual([truths, true]);
    }),
    { numRuns: propertyRuns(40) },
  );
});

test('calls that ask different things are found by their questions: of those called likely, 99 in 100 are right', async () => {
  let likely = 0;
  let right = 0;
  await fc.assert(
    fc.asyncProperty(fleet, async (drawn) => {
      const { calls, requests } = await found(drawn, how('none', false));
      const said = calls.filter(({ certainties }) => certainties.includes('likely'));
      likely += said.length;
      right += said.filter(({ truths }) => isRight(truths, requests)).length;
    }),
    { numRuns: propertyRuns(60) },
  );
  expect(likely).toBeGreaterThan(50);
  expect(right / likely).toBeGreaterThanOrEqual(0.99);
});
