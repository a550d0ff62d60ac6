import { expect, test } from 'vitest';
import { judge } from '../../src/core/backoff/verdict/judge.ts';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { policyOf } from '../../src/core/policy/policy-of.ts';
import { policySchema } from '../../src/core/policy/policy-schema.ts';
import type { ScenarioInput } from '../../src/core/scenario/schema.ts';
import { journalEntry } from '../support/journal-entry.ts';
import { type ClientTools, type VirtualClient, virtualWorld, type WorldOptions } from '../support/virtual-world.ts';
import { readAnswer } from './good-client.ts';

const rule = (fault: unknown, more: object = {}): ScenarioInput => ({ rules: [{ name: 'fault', ...more, fault } as never] });
const always = (fault: unknown) => rule(fault);
const once = (fault: unknown) => rule(fault, { attempts: 1 });
const RATE_LIMIT = { rate_limit: { retry_after: '5s' } };

/** Sends one request after the other until one succeeds. */
const inTurn =
  (requests: (tools: ClientTools) => readonly Parameters<ClientTools['request']>[0][]): VirtualClient =>
  async (tools) => {
    for (const request of requests(tools)) {
      const response = await tools.request(request);
      if (response.status === 200) return readAnswer(response.text);
    }
    throw new Error('none succeeded');
  };
const otherModel = inTurn(() => [{}, { body: { model: 'gpt-4o-mini' } }]);
const otherKeys = inTurn(() => ['sk-a', 'sk-b', 'sk-c', 'sk-d', 'sk-e'].map((key) => ({ key })));
const shorterPrompt = (header: string, ids: readonly string[]) =>
  inTurn(({ prompt }) =>
    ids.map((id, at) => ({
      headers: { [header]: `${id} ${prompt}` },
      body: at === 0 ? {} : { messages: [{ role: 'user', content: 'Hi' }] },
    })),
  );
const once503 = inTurn(() => [{}]);

/** An SDK that makes three attempts, and a program that asks it the same again when it fails. */
const sdkAskedAgain =
  (times: number): VirtualClient =>
  async (tools) => {
    for (let asked = 0; asked < times; asked++) {
      for (let count = 0; count < 3; count++) {
        const headers = { 'x-stainless-retry-count': String(count), 'x-stainless-lang': 'js' };
        const response = await tools.request({ headers });
        const hint = response.header('retry-after');
        if (count < 2)
          await tools.sleep(hint === undefined ? 500 * 2 ** count * (1 - 0.25 * tools.random()) : Number(hint) * 1_000 + 1);
      }
      await tools.sleep(50);
    }
    throw new Error('none succeeded');
  };

/** A program that fails, and asks the same again minutes later. */
const askedLater: VirtualClient = async (tools) => {
  await tools.request();
  await tools.sleep(180_000);
  return readAnswer((await tools.request()).text);
};

/** Retries a stream as long as nothing of it was shown. */
const untilContent: VirtualClient = async (tools) => {
  for (let attempt = 0; attempt < 3; attempt++) {
    const { text } = await tools.request({ body: { stream: true } });
    if (!text.includes('"error"')) return readAnswer(text);
    await tools.sleep(500 * 2 ** attempt * (1 - 0.25 * tools.random()));
  }
  throw new Error('none succeeded');
};

type Odd = Pick<WorldOptions, 'scenario' | 'client' | 'policy' | 'named' | 'outcomes' | 'calls'>;

const odd: Readonly<Record<string, Odd>> = {
  'goes on with another model after a 503': {
    scenario: rule('overloaded', { match: { model: 'gpt-4o' } }),
    client: otherModel,
    calls: 3,
  },
  'goes on with another model after a 429': {
    scenario: rule(RATE_LIMIT, { match: { model: 'gpt-4o' } }),
    client: otherModel,
    calls: 3,
  },
  'goes on with another key after a 429': { scenario: once(RATE_LIMIT), client: otherKeys },
  'goes on with other keys until one has credit': {
    scenario: rule('insufficient_quota', { attempts: '1..4' }),
    client: otherKeys,
  },
  'shortens a prompt that was too long': {
    scenario: once('context_length_exceeded'),
    client: shorterPrompt('x-client-request-id', ['same', 'same']),
    named: false,
  },
  'shortens a prompt that was too long, under a new idempotency key': {
    scenario: once('context_length_exceeded'),
    client: shorterPrompt('idempotency-key', ['first', 'second']),
  },
  'starts a stream again that began with an error': {
    scenario: once({ stream_error: { after_chunks: 0 } }),
    client: untilContent,
    outcomes: false,
  },
  'gives up on a hint that it says it does not honour': {
    scenario: always({ rate_limit: { retry_after: '10s' } }),
    client: once503,
    policy: { max_honoured_retry_after: '5s', retries: [429] },
  },
  'does not retry what it is told never to retry': {
    scenario: always('overloaded'),
    client: once503,
    policy: { preset: 'strict-sre', never_retries: [503] },
  },
  'does not retry, and says so': { scenario: always('overloaded'), client: once503, policy: { max_attempts: 1 } },
};

test.each(Object.entries(odd))('a client that %s is accused of nothing', async (_, options) => {
  const { accused, verdict } = await virtualWorld(options);
  expect(accused, verdict.explain).toEqual({ fail: [], warn: [] });
  expect(verdict.attempts).toBeGreaterThan(0);
});

test.each<[string, Odd, readonly string[]]>([
  ['an outage', { scenario: always('server_error'), client: sdkAskedAgain(8) }, ['amplification', 'bounded_attempts']],
  ['no credit', { scenario: always('insufficient_quota'), client: sdkAskedAgain(3) }, ['amplification', 'no_retry_quota']],
  ['a rate limit', { scenario: always(RATE_LIMIT), client: sdkAskedAgain(3) }, ['amplification', 'never_early']],
  ['a failure minutes ago', { scenario: once('server_error'), client: askedLater }, ['caps_delay']],
  [
    'a failure before its deadline',
    { scenario: once('server_error'), client: askedLater, policy: { max_elapsed: '60s' } },
    ['bounded_time', 'caps_delay'],
  ],
])(
  'a program that asks the same again after %s is not accused, for it may be a new call, and does not pass',
  async (_, options, rules) => {
    const nameless = await virtualWorld({ ...options, named: false });
    expect(nameless.accused.fail).toEqual([]);
    const suspected = nameless.verdict.findings.flatMap((finding) => (finding.suspected === true ? [finding.rule] : []));
    // A call of the SDK by itself may be warned of.
    expect([...suspected, ...nameless.accused.warn]).toEqual(expect.arrayContaining([...rules]));
    expect(nameless.verdict.verdict).not.toBe('pass');
    const named = await virtualWorld(options);
    expect(named.accused.fail).toEqual(expect.arrayContaining([...rules]));
  },
);

test('what may be a new call is not failed where warnings count as failures either', async () => {
  const policy = { preset: 'strict-sre', max_attempts: 9 } as const;
  const { verdict, accused } = await virtualWorld({
    scenario: always('server_error'),
    client: sdkAskedAgain(3),
    named: false,
    policy,
  });
  expect(accused.fail).toEqual([]);
  expect(verdict.findings.find(({ rule }) => rule === 'amplification')).toMatchObject({
    verdict: 'inconclusive',
    explain: expect.stringContaining('/s/default/c/<test>/v1'),
  });
});

test('a billing code that must never be retried is failed at the first retry', async () => {
  const options = { scenario: always('insufficient_quota'), client: sdkAskedAgain(1) };
  expect((await virtualWorld(options)).accused).toEqual({ fail: [], warn: ['no_retry_quota'] });
  for (const code of ['insufficient_quota', 'credit_balance_exhausted']) {
    const { accused } = await virtualWorld({ ...options, policy: { never_retries: [code] } });
    expect(accused.fail).toEqual(['no_retry_permanent']);
  }
});

test('a program that asks the same again without end is failed', async () => {
  const { accused } = await virtualWorld({ scenario: always('server_error'), client: sdkAskedAgain(60), named: false });
  expect(accused.fail).toEqual(expect.arrayContaining(['amplification', 'bounded_attempts']));
});

test('a client that swallows the error of its other model is accused', async () => {
  const swallows: VirtualClient = async (tools) => {
    await tools.request();
    await tools.request({ body: { model: 'gpt-4o-mini' } });
    return '';
  };
  const { accused } = await virtualWorld({ scenario: always('overloaded'), client: swallows });
  expect(accused.fail).toEqual(['stream_error_surfaced']);
});

/** What is made of the attempts of one call, a second apart. */
function verdictOn(count: number, parts: (index: number) => Partial<JournalEntry>) {
  const entries = Array.from({ length: count }, (_, index) =>
    journalEntry({ seq: index + 1, attemptSeq: index + 1, t_headers: index * 1_000, connId: index + 1, ...parts(index) }),
  );
  const end = count * 1_000 + 60_000;
  const policy = policyOf(policySchema.parse({}));
  return judge(entries, { watchedUntil: end, clientEndedAt: end }, policy, { name: 'world', seed: 1, rules: [] });
}

const leftAt = (index: number): Partial<JournalEntry> => ({
  stream: true,
  closedBy: 'client',
  closedHow: 'fin',
  t_clientClose: index * 1_000 + 995,
  t_end: index * 1_000 + 995,
  chunksOut: 5,
  eventsOut: 7,
});

test('who leaves streams that went well makes a call each time', () => {
  const verdict = verdictOn(30, leftAt);
  expect([verdict.calls, verdict.counts.fail, verdict.counts.warn]).toEqual([30, 0, 0]);
});

test.each([
  ['stalled', { faultApplied: { rule: 'r', faults: [{ name: 'stalled_stream', params: {} }] } } as never],
  ['gave nothing', { chunksOut: 0 }],
])('who leaves streams that %s, and comes back at once, is in a hot loop', (_, parts: Partial<JournalEntry>) => {
  const verdict = verdictOn(30, (index) => ({ ...leftAt(index), ...parts }));
  expect(verdict.findings.filter((finding) => finding.verdict === 'fail').map(({ rule }) => rule)).toContain('no_hot_retry');
});

const broken: Partial<JournalEntry> = {
  status: null,
  closedBy: 'server',
  closedHow: 'reset',
  t_firstByteBefore: null,
  bytesOut: 0,
  connReqSeq: 2,
};

test('pooled connections that a fault breaks one after the other were not dead', () => {
  const faultApplied = { rule: 'r', faults: [{ name: 'connection_reset', params: {} }] } as never;
  const verdict = verdictOn(3, () => ({ ...broken, faultApplied }));
  expect(verdict.findings.find(({ rule }) => rule === 'fresh_connection')?.verdict).toBe('pass');
  const dead = verdictOn(3, () => broken);
  expect(dead.findings.find(({ rule }) => rule === 'fresh_connection')?.verdict).toBe('fail');
});

test('a request that the network stack sends again keeps its retry count, and is no second layer', () => {
  const verdict = verdictOn(3, (index) => ({ status: 500, headers: { 'x-stainless-retry-count': String(Math.min(index, 1)) } }));
  expect(verdict.findings.find(({ rule }) => rule === 'amplification')?.verdict).toBe('pass');
});

test('a stall after content, and then the whole again, may be a silent replay', () => {
  const faultApplied = { rule: 'r', faults: [{ name: 'stalled_stream', params: {} }] } as never;
  const verdict = verdictOn(2, (index) => (index === 0 ? { ...leftAt(0), faultApplied } : { stream: true }));
  expect(verdict.findings.find(({ rule }) => rule === 'no_silent_replay')?.verdict).toBe('warn');
});

test('a call whose beginning the journal has dropped may have been retried', () => {
  const verdict = verdictOn(1, () => ({ seq: 7, attemptSeq: 3, status: 500 }));
  expect(verdict.findings.find(({ rule }) => rule === 'retries_transient')?.verdict).toBe('not_applicable');
});

/** Two arms of one call, the second 100 ms after the first, each told to wait two seconds. */
const arms = (retriedAt: number) =>
  [0, 100, retriedAt].map((at, index) =>
    journalEntry({
      seq: index + 1,
      attemptSeq: index + 1,
      connId: index + 1,
      t_headers: at,
      t_firstByteBefore: at + 200,
      t_end: at + 200,
      ...(index < 2 ? { status: 429, hint: { header: 'retry-after', raw: '2', dueAt: at + 2_200 } } : {}),
    }),
  );

test.each([
  [2_201, 'pass'],
  [2_150, 'fail'],
])('of two arms of a hedge, each waits for its own hint: a retry after %i ms is a %s', (retriedAt, expected) => {
  const policy = policyOf(policySchema.parse({}));
  const world = { name: 'world', seed: 1, rules: [] };
  const { findings } = judge(arms(retriedAt), { watchedUntil: 9_000, clientEndedAt: 9_000 }, policy, world);
  expect(findings.find(({ rule }) => rule === 'never_early')?.verdict).toBe(expected);
});
