import { expect, test } from 'vitest';
import { atOnce } from '../../src/core/at-once.ts';
import { readCalls } from '../../src/session/read-calls.ts';
import { type VirtualClient, virtualWorld, type WorldOptions } from '../support/virtual-world.ts';

type Marks = (attempt: number, prompt: string) => Readonly<Record<string, string>>;

const countsNothing: Marks = () => ({ 'x-stainless-retry-count': '0', 'x-stainless-lang': 'js' });
const namedAnew: Marks = (attempt, prompt) => ({ 'x-client-request-id': `${prompt} ${attempt}` });
const keyedAnew: Marks = (attempt, prompt) => ({ 'idempotency-key': `${prompt} ${attempt}` });
const named: Marks = (_attempt, prompt) => ({ 'x-client-request-id': prompt });

/** Tries again after so long, whatever it is told. */
const loop =
  (marks: Marks, { attempts, waitMs }: { attempts: number; waitMs: number }): VirtualClient =>
  async ({ request, sleep, prompt }) => {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const { status, text } = await request({ headers: marks(attempt, prompt) });
      if (status === 200) return text;
      await sleep(waitMs);
    }
    throw new Error('gave up');
  };

const always = (fault: object | string) => ({ rules: [{ fault }] }) as WorldOptions['scenario'];
const RATE_LIMIT = { rate_limit: { retry_after: '2s' } };

/** What the rule says of the client, which makes three calls without a name in the path. */
async function verdictOf(rule: string, options: Pick<WorldOptions, 'client' | 'scenario' | 'samePrompt' | 'staggerMs'>) {
  const { verdict } = await virtualWorld({ calls: 3, staggerMs: 20_000, named: false, ...options });
  return verdict.findings.find((finding) => finding.rule === rule)?.verdict;
}

test.each([
  ['comes back early', 'never_early', RATE_LIMIT, { attempts: 3, waitMs: 400 }, 'fail'],
  ['waits as it is told', 'never_early', RATE_LIMIT, { attempts: 3, waitMs: 2_100 }, 'pass'],
  ['retries at once, and for long', 'no_hot_retry', 'server_error', { attempts: 30, waitMs: 1 }, 'fail'],
  ['retries without a bound', 'bounded_attempts', 'server_error', { attempts: 60, waitMs: 300 }, 'fail'],
] as const)('a layer above an SDK that does not retry %s: what %s says of it', async (...row) => {
  const [_how, rule, fault, waits, verdict] = row;
  expect(await verdictOf(rule, { client: loop(countsNothing, waits), scenario: always(fault) })).toBe(verdict);
});

test('a count of 0 that repeats what has just failed is a retry, however early: `attempts` counts it', async () => {
  const client = loop(countsNothing, { attempts: 4, waitMs: 100 });
  const { verdict, session } = await virtualWorld({ scenario: always('server_error'), client, named: false });
  expect([verdict.calls, verdict.attempts]).toEqual([1, 4]);
  expect(atOnce(readCalls([session]))).toHaveLength(1);
});

const patient: Readonly<Record<string, Marks>> = {
  'through an SDK that does not retry': countsNothing,
  'without a mark': () => ({}),
};

test.each(Object.entries(patient))(
  'clients that say the same and wait as they are told are not accused: %s',
  async (_how, marks) => {
    for (const staggerMs of [300, 700, 900]) {
      const client = loop(marks, { attempts: 3, waitMs: 2_020 });
      const options = { scenario: always(RATE_LIMIT), samePrompt: true, staggerMs };
      expect(await verdictOf('never_early', { ...options, client }), `every ${staggerMs} ms`).not.toBe('fail');
    }
  },
);

test.each([
  ['counts its retries', (attempt: number) => ({ 'x-stainless-retry-count': String(attempt - 1) })],
  ['does not', () => ({})],
])('a session id that comes with every request accuses nobody where the client %s', async (how, counts) => {
  const client = loop((attempt) => ({ 'x-client-request-id': 'session', ...counts(attempt) }), { attempts: 2, waitMs: 2_020 });
  // Without counts, equal requests under one name are one call, as its name says.
  const options = { scenario: always(RATE_LIMIT), samePrompt: how !== 'does not', staggerMs: 300 };
  expect(await verdictOf('never_early', { ...options, client })).not.toBe('fail');
});

test.each([
  ['x-client-request-id', namedAnew, 'never_early'],
  ['idempotency-key', keyedAnew, 'never_early'],
  ['idempotency-key', keyedAnew, 'same_idempotency_key'],
] as const)('a new %s with each attempt hides no breach: %#', async (_header, marks, rule) => {
  const client = loop(marks, { attempts: 3, waitMs: 400 });
  expect(await verdictOf(rule, { client, scenario: always(RATE_LIMIT) })).toBe('inconclusive');
});

test('one idempotency key for several calls that fail is not taken for a key that was kept', async () => {
  const client = loop(() => ({ 'idempotency-key': 'the same' }), { attempts: 1, waitMs: 0 });
  expect(await verdictOf('same_idempotency_key', { client, scenario: always('server_error') })).toBe('inconclusive');
});

test.each([
  [30, 'inconclusive'],
  [60, 'inconclusive'],
  [120, 'pass'],
])('after hints that make no sense, waits of %i ms are %s', async (waitMs, verdict) => {
  const client = loop(() => ({}), { attempts: 15, waitMs });
  expect(await verdictOf('insane_hint', { client, scenario: always({ rate_limit: { retry_after: '-5' } }) })).toBe(verdict);
});

test('names that come back are believed', async () => {
  const options = { scenario: always(RATE_LIMIT), samePrompt: true } as const;
  const early = loop(named, { attempts: 3, waitMs: 400 });
  expect(await verdictOf('never_early', { ...options, client: early })).toBe('fail');
});

test('calls that say the same, side by side, through an SDK that retries are not taken for the retries of each other', async () => {
  const counted = loop((attempt) => ({ 'x-stainless-retry-count': String(attempt - 1) }), { attempts: 3, waitMs: 2_100 });
  const options = { scenario: always(RATE_LIMIT), samePrompt: true, staggerMs: 300 } as const;
  expect(await verdictOf('never_early', { ...options, client: counted })).not.toBe('fail');
});
