import { expect, test } from 'vitest';
import type { ScenarioInput } from '../../src/core/scenario/schema.ts';
import { type VirtualClient, virtualWorld, type WorldOptions } from '../support/virtual-world.ts';
import { readAnswer } from './good-client.ts';

type Fault = string | Readonly<Record<string, unknown>>;

const rule = (fault: Fault, more: object = {}): ScenarioInput => ({ rules: [{ name: 'fault', fault, ...more } as never] });
const EMPTY_CHOICES = { http_error: { status: 200, body: '{"choices":[]}' } };
const ERROR_IN_BODY = { http_error: { status: 200, body: '{"error":{"message":"Slow down.","code":429}}' } };

/** Asks the same so many times, without any mark, and remembers how it was answered. */
function asker(times: number, { stream = false, waitMs = 500 } = {}) {
  const answers: string[] = [];
  const client: VirtualClient = async (tools) => {
    for (let attempt = 0; attempt < times; attempt++) {
      if (attempt > 0) await tools.sleep(waitMs);
      const { status, text } = await tools.request({ body: { stream } });
      answers.push(status >= 400 ? String(status) : isUsable(text) ? 'ok' : 'spoilt');
    }
    return '';
  };
  return { client, answers };
}

/** Asks until it has a usable answer, `tries` times at most. Hot without `baseMs`; waits vary. */
function retrying(tries: number, { stream = false, baseMs = 0 } = {}): VirtualClient {
  return async (tools) => {
    for (let attempt = 1; attempt <= tries; attempt++) {
      const { status, text } = await tools.request({ body: { stream } });
      if (status < 400 && isUsable(text)) return readAnswer(text);
      if (baseMs > 0) await tools.sleep(baseMs * 2 ** (attempt - 1) * (0.5 + tools.random()));
    }
    throw new Error('no usable answer');
  };
}

function isUsable(text: string): boolean {
  try {
    return readAnswer(text) !== '';
  } catch {
    return false;
  }
}

/** Without names: calls are recognised by what they say. */
const nameless = (options: WorldOptions) => virtualWorld({ named: false, outcomes: false, staggerMs: 3_000, ...options });

test.each<[string, Fault, boolean]>([
  ['an answer without choices', EMPTY_CHOICES, false],
  ['an error in the body of a 200', ERROR_IN_BODY, false],
  ['JSON that breaks off', 'malformed_json', false],
  ['a stream without a finish_reason', 'missing_finish_reason', true],
  ['a stream with an error', { stream_error: { after_chunks: 0 } }, true],
])(
  '%s is a failure: `attempts` counts the request that follows as the next of the call, and what follows a success as a new one',
  async (_, fault, stream) => {
    const { client, answers } = asker(3, { stream });
    await nameless({ scenario: rule(fault, { attempts: 1 }), client });
    expect(answers).toEqual(['spoilt', 'ok', 'spoilt']);
  },
);

test.each<[string, ScenarioInput, readonly string[]]>([
  ['a rule with `attempts`', rule('invalid_api_key', { attempts: 1 }), ['401', 'ok', '401']],
  ['a rule with `attempts` and a 429 without credit', rule('insufficient_quota', { attempts: '1..2' }), ['429', '429', 'ok']],
  [
    'a sequence per call',
    { rules: [{ sequence: ['model_not_found', 'invalid_api_key'], per: 'call' } as never] },
    ['404', '401', 'ok'],
  ],
  ['a rule that strikes each call twice', rule('unsupported_country', { times: 2, per: 'call' }), ['403', '403', 'ok']],
  ['`expect.retries`, before a rule with `attempts`', twoRules([401]), ['401', '503', 'ok']],
])('a permanent error that passes by %s: the next equal request is a retry', async (_, scenario, answers) => {
  const asked = asker(3);
  await nameless({ scenario, client: asked.client });
  expect(asked.answers).toEqual(answers);
});

/** The first request is refused whatever call it belongs to; the second attempt of a call fails. */
function twoRules(retries: readonly number[]): ScenarioInput {
  return {
    rules: [
      { first: 1, fault: 'invalid_api_key' },
      { attempts: 2, fault: 'overloaded' },
    ],
    expect: { retries: [...retries] },
  };
}

test.each<[string, ScenarioInput, readonly string[]]>([
  ['nobody says that it passes', twoRules([]), ['401', 'ok', 'ok']],
  [
    '`expect.never_retries` forbids to retry it',
    { ...rule('invalid_api_key', { attempts: 1 }), expect: { never_retries: [401] } },
    ['401', '401', '401'],
  ],
  ['the rule never lets a call past', rule('invalid_api_key', { attempts: '1..' }), ['401', '401', '401']],
])('a permanent error begins no call anew where %s', async (_, scenario, answers) => {
  const asked = asker(3);
  const { session } = await nameless({ scenario, client: asked.client });
  expect(asked.answers).toEqual(answers);
  expect(session.journal()[1]).toMatchObject({ attemptSeq: 1 });
});

test('with half of the first attempts spoilt, a client of three tries gets every call through', async () => {
  const scenario = rule(EMPTY_CHOICES, { attempts: 1, probability: 0.5 });
  const { outcomes, session } = await nameless({ scenario, client: retrying(3, { baseMs: 300 }), calls: 10 });
  expect(outcomes.filter(({ ok }) => ok).length).toBe(10);
  expect(session.journal().some(({ faultApplied }) => faultApplied !== null)).toBe(true);
});

test.each<[string, Fault, boolean, number]>([
  ['a 200 with an error in its body', ERROR_IN_BODY, false, 50],
  ['a 200 without choices', EMPTY_CHOICES, false, 40],
  ['JSON that breaks off', 'malformed_json', false, 40],
  ['a stream without a finish_reason', 'missing_finish_reason', true, 40],
  ['a stream that begins with an error', { stream_error: { after_chunks: 0 } }, true, 40],
])('a hot loop over %s is failed, without a name or a driver', async (_, fault, stream, tries) => {
  const { accused, verdict } = await nameless({ scenario: rule(fault), client: retrying(tries, { stream }), calls: 5 });
  expect(accused.fail).toEqual(expect.arrayContaining(['bounded_attempts', 'no_hot_retry']));
  expect(verdict).toMatchObject({ verdict: 'fail', calls: 5, attempts: 5 * tries });
});

test.each<[string, Fault, boolean, readonly string[]]>([
  ['a 200 with an error in its body', ERROR_IN_BODY, false, []],
  // Whether it showed the first text only the client can tell.
  ['a stream without a finish_reason', 'missing_finish_reason', true, ['no_silent_replay']],
])('a client that asks three times after %s, with waits, makes three attempts a call', async (_, fault, stream, warn) => {
  const client = retrying(3, { stream, baseMs: 500 });
  const { accused, verdict } = await nameless({ scenario: rule(fault), client, calls: 12 });
  expect(accused, verdict.explain).toEqual({ fail: [], warn });
  expect(verdict).toMatchObject({ calls: 12, attempts: 36 });
});

test.each([1, 2, 3])(
  'a client that retries each 401 that it is to retry is not failed for never retrying any: seed %i',
  async (seed) => {
    const scenario: ScenarioInput = { ...rule('invalid_api_key', { probability: 0.3 }), seed, expect: { retries: [401] } };
    const { accused, verdict } = await nameless({ scenario, client: retrying(3, { baseMs: 400 }), calls: 40 });
    expect(accused, verdict.explain).toEqual({ fail: [], warn: [] });
    expect(verdict.findings.find(({ rule: id }) => id === 'retries_transient')).toMatchObject({
      verdict: 'pass',
      explain: 'retries 401',
    });
  },
);

test('a policy that comes after the run accuses nobody of never retrying what an equal request followed', async () => {
  const scenario = rule('invalid_api_key', { probability: 0.3 });
  const { verdict } = await nameless({
    scenario,
    client: retrying(3, { baseMs: 400 }),
    calls: 40,
    policy: { retries: [401] },
  });
  expect(verdict.findings.find(({ rule: id }) => id === 'retries_transient')?.verdict).toBe('inconclusive');
});

test('three tries of each call are three, and five are too many where three are declared', async () => {
  const scenario: ScenarioInput = { ...rule('model_not_found'), expect: { retries: [404], max_attempts: 3 } };
  const three = await nameless({ scenario, client: retrying(3, { baseMs: 400 }), calls: 12 });
  expect(three.accused, three.verdict.explain).toEqual({ fail: [], warn: [] });
  expect(three.verdict).toMatchObject({ calls: 12, attempts: 36 });
  expect(three.verdict.findings.find(({ rule: id }) => id === 'retries_transient')?.verdict).toBe('pass');
  const five = await nameless({ scenario, client: retrying(5, { baseMs: 400 }), calls: 12 });
  expect(five.accused).toEqual({ fail: ['bounded_attempts'], warn: [] });
});

test.each(['invalid_api_key', 'model_not_found', 'insufficient_quota'])(
  'a client that rightly gives up on %s is accused of nothing, although the scenario lets it pass',
  async (fault) => {
    const { accused, verdict } = await nameless({ scenario: rule(fault, { attempts: 1 }), client: retrying(1), calls: 6 });
    expect(accused, verdict.explain).toEqual({ fail: [], warn: [] });
  },
);

test.each(['invalid_api_key', 'model_not_found', 'insufficient_quota'])(
  'a client that gets past %s by trying again is accused of nothing',
  async (fault) => {
    const scenario = rule(fault, { attempts: 1 });
    const { accused, verdict, outcomes } = await nameless({ scenario, client: retrying(3, { baseMs: 400 }), calls: 6 });
    expect(accused, verdict.explain).toEqual({ fail: [], warn: [] });
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
  },
);

test('a client that gives up on a status that it is to retry is failed', async () => {
  const scenario: ScenarioInput = { ...rule('invalid_api_key', { attempts: 1 }), expect: { retries: [401] } };
  const { accused } = await nameless({ scenario, client: retrying(1), calls: 6 });
  expect(accused).toEqual({ fail: ['retries_transient'], warn: [] });
});
