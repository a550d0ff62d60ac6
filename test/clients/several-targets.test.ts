import { expect, test } from 'vitest';
import type { ScenarioInput } from '../../src/core/scenario/schema.ts';
import { createMockOpenAI, type MockOpenAI } from '../../src/mock.ts';
import { drive } from '../support/drive.ts';

interface Target {
  readonly base: string;
  readonly key?: string;
  readonly model?: string;
}

/** One attempt: the status, or undefined where the client gave up or the connection broke. */
async function ask({ base, key = 'sk-one', model = 'gpt-4o' }: Target, text: string, timeoutMs = 5_000) {
  try {
    const response = await fetch(`${base}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: text }] }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.text();
    return response;
  } catch {
    return undefined;
  }
}

/** Asks the targets in turn until one answers. */
async function failOver(targets: readonly Target[], text: string, timeoutMs?: number): Promise<boolean> {
  for (const target of targets) if ((await ask(target, text, timeoutMs))?.ok === true) return true;
  return false;
}

async function calls(count: number, make: (text: string) => Promise<unknown>): Promise<void> {
  for (let nth = 0; nth < count; nth++) await make(`question ${nth}`);
}

function told(mock: MockOpenAI, rule: string) {
  return mock.verdict(undefined, { ended: true }).findings.find((finding) => finding.rule === rule);
}

const mockOf = (scenario: ScenarioInput) => createMockOpenAI({ scenario });

test('a pool of keys that goes on with the next key passes, and its first key was left alone', async () => {
  await using mock = await mockOf({ rules: [{ match: { key: 'sk-a' }, fault: { rate_limit: { retry_after: '20s' } } }] });
  const held = new Map<string, number>();
  const pool = async (text: string) => {
    for (const key of ['sk-a', 'sk-b']) {
      if ((held.get(key) ?? 0) > performance.now()) continue;
      const response = await ask({ base: mock.baseURL, key }, text);
      if (response?.ok === true) return;
      held.set(key, performance.now() + Number(response?.headers.get('retry-after') ?? 0) * 1_000);
    }
  };
  await calls(10, pool);
  const verdict = mock.verdict(undefined, { ended: true });
  expect(verdict.verdict).toBe('pass');
  expect(told(mock, 'retries_transient')?.verdict).toBe('pass');
  expect(told(mock, 'fails_over')).toMatchObject({ verdict: 'pass', n: 1 });
  expect(told(mock, 'never_early')?.verdict).toBe('pass');
  expect(mock.calls()).toHaveLength(10);
  expect(mock.calls()[0]).toMatchObject({
    method: 'question',
    certainty: 'likely',
    attempts: [{ status: 429 }, { status: 200 }],
  });
});

test('a gateway that asks the next model is told from one that gives up', async () => {
  const scenario: ScenarioInput = { rules: [{ match: { model: 'gpt-4o' }, fault: 'overloaded' }] };
  await using mock = await mockOf(scenario);
  const models = ['gpt-4o', 'gpt-4o-mini'].map((model) => ({ base: mock.baseURL, model }));
  await calls(10, (text) => failOver(models, text));
  expect(mock.verdict(undefined, { ended: true }).verdict).toBe('pass');
  expect(told(mock, 'fails_over')).toMatchObject({ verdict: 'pass', n: 10 });
  expect(told(mock, 'fails_over')?.explain).toContain('10 of 10 calls that failed went on with gpt-4o-mini');
  await using other = await mockOf(scenario);
  await calls(10, (text) => failOver([{ base: other.baseURL, model: 'gpt-4o' }], text));
  expect(other.verdict(undefined, { ended: true }).verdict).toBe('warn');
  expect(other.verdict({ fails_over: true }, { ended: true }).verdict).toBe('fail');
});

test('a call that leaves a slow model and asks another fails over after its timeout', async () => {
  await using mock = await mockOf({ rules: [{ match: { model: 'gpt-4o' }, fault: { latency: '5s' } }] });
  const models = ['gpt-4o', 'gpt-4o-mini'].map((model) => ({ base: mock.baseURL, model }));
  await calls(4, (text) => failOver(models, text, 150));
  const found = told(mock, 'fails_over');
  expect(found).toMatchObject({ verdict: 'pass', n: 4 });
  expect(Number(/typically ([\d.]+) s/.exec(found?.explain ?? '')?.[1])).toBeGreaterThanOrEqual(0.14);
  expect(mock.calls().map(({ attempts }) => attempts.length)).toEqual([2, 2, 2, 2]);
});

const TWO: ScenarioInput = { providers: { primary: { rules: [{ fault: 'overloaded' }] }, backup: {} } };
const basesOf = (mock: MockOpenAI) => Object.values(mock.providers).map(({ baseURL }) => ({ base: baseURL }));

test('providers are sessions of one world: their calls and their verdict are one', async () => {
  await using mock = await mockOf({ ...TWO, expect: { fails_over: true, within: '2s' } });
  await calls(5, (text) => failOver(basesOf(mock), text));
  expect(mock.calls().map(({ attempts }) => attempts.map(({ target }) => target.provider))).toEqual(
    Array.from({ length: 5 }, () => ['primary', 'backup']),
  );
  expect(mock.verdict(undefined, { ended: true })).toMatchObject({ verdict: 'pass', calls: 5, attempts: 10 });
  expect(mock.providers['primary']?.journal()).toHaveLength(5);
  expect(mock.providers['backup']?.verdict(undefined, { ended: true }).calls).toBe(5);
});

test('the same name in the path of two providers is one call, exactly', async () => {
  await using mock = await mockOf(TWO);
  const [primary, backup] = ['primary', 'backup'].map((name) => ({ base: mock.providers[name]?.callURL('checkout') ?? '' }));
  await failOver([primary, backup] as readonly Target[], 'hello');
  expect(mock.calls()).toMatchObject([{ id: 'checkout', certainty: 'exact', attempts: [{ attempt: 1 }, { attempt: 2 }] }]);
});

test('a reset of the mock forgets what its providers have seen', async () => {
  await using mock = await mockOf(TWO);
  await failOver(basesOf(mock), 'hello');
  mock.reset();
  expect(mock.calls()).toEqual([]);
  await failOver(basesOf(mock), 'hello');
  expect(mock.calls()).toMatchObject([{ id: '#1', attempts: [{ attempt: 1 }, { attempt: 2 }] }]);
});

test('a session of its own has no part in the world of the providers', async () => {
  await using mock = await mockOf(TWO);
  const session = mock.session({ scenario: {} });
  await failOver([...basesOf(mock).slice(0, 1), { base: session.baseURL }], 'hello');
  expect(mock.calls()).toMatchObject([{ attempts: [{ status: 503 }] }]);
  expect(session.calls()).toMatchObject([{ method: 'first', attempts: [{ status: 200 }] }]);
});

test('a session may not have providers of its own', async () => {
  await using mock = await mockOf({});
  expect(() => mock.session({ scenario: TWO })).toThrow(/providers: a session is one service/);
});

test('spans of time count from the first request to any of the services', () => {
  const down = [{ during: '0s..2s', fault: 'overloaded' }] as const;
  const { clock, send } = drive({ rules: [...down], providers: { backup: { rules: [...down] } } });
  expect(send().status).toBe(503);
  clock.advance(1_500);
  expect(send({ target: '/s/backup/v1/chat/completions' }).status).toBe(503);
  clock.advance(1_000);
  expect(send({ target: '/s/backup/v1/chat/completions' }).status).toBe(200);
});

test('a reset of one service resets all services of the scenario', async () => {
  await using mock = await mockOf(TWO);
  await calls(3, (text) => failOver(basesOf(mock), text));
  expect(mock.calls()).toHaveLength(3);
  mock.providers['backup']?.reset();
  expect(mock.calls()).toEqual([]);
  await failOver(basesOf(mock), 'once more');
  expect(mock.calls()).toMatchObject([{ id: '#1', attempts: [{ status: 503 }, { status: 200 }] }]);
});
