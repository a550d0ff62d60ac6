import { parseDuration } from '../../../src/core/units/duration.ts';
import { carelessClient } from '../careless-client.ts';
import { goodClient } from '../good-client.ts';
import { limitedTogether } from '../sharing.ts';
import { always, type Bug, counting, jittered, nested, once, twice } from './bug.ts';

/** The hint as a careless client reads it: `setTimeout(NaN)` fires at once. */
const byNumber = (_k: number, response: { header(name: string): string | undefined } | undefined) =>
  Number.parseFloat(response?.header('retry-after') ?? 'NaN') * 1_000;

/** Clients that mistake what an answer asks of them: waits, and whether to come back. */
export const hintBugs: readonly Bug[] = [
  {
    row: '1 vercel/ai #5018',
    symptom: 'ignores Retry-After, backs off by itself',
    scenario: twice({ rate_limit: { retry_after: '3s' } }),
    client: carelessClient({ wait: (_k, _response, random) => 500 + 1_000 * random() }),
    fail: ['never_early'],
  },
  {
    row: '7 openai-node #1840',
    symptom: 'sleeps for ten minutes because a 429 says so',
    scenario: once({ rate_limit: { retry_after: '10m' } }),
    client: goodClient({ longestHintMs: 86_400_000 }),
    policy: { max_honoured_retry_after: '1m' },
    good: { longestHintMs: 60_000 },
    world: { untilMs: 700_000 },
    warn: ['bounded_time', 'long_hint'],
  },
  {
    row: '10 openai-node #2580',
    symptom: 'an abort waits for the whole Retry-After',
    scenario: always({ rate_limit: { retry_after: '3s' } }),
    client: carelessClient({ wait: () => 3_010 }),
    world: { abortAfterMs: 100 },
    fail: ['abort_stops_retries'],
  },
  {
    row: '13 pi #9595',
    symptom: 'the agent retries above an SDK that honours the hint, and does not honour it',
    scenario: always({ rate_limit: { retry_after: '10s' } }),
    client: carelessClient({ attempts: 4, headers: nested(2), wait: (k) => (k % 2 === 1 ? 10_020 : 2_000) }),
    fail: ['never_early'],
    warn: ['amplification'],
  },
  {
    row: '16 pi #3671',
    symptom: 'hangs for two days because a 429 says so',
    scenario: always({ rate_limit: { retry_after: '198300' } }),
    client: goodClient({ longestHintMs: 1e12 }),
    policy: { max_honoured_retry_after: '2m' },
    warn: ['long_hint'],
  },
  {
    row: '18 litellm #20722',
    symptom: 'waits for the first Retry-After each time, though it grows',
    scenario: {
      rules: [
        {
          name: 'fault',
          per: 'call',
          sequence: [
            { rate_limit: { retry_after: '1s' } },
            { rate_limit: { retry_after: '2s' } },
            { rate_limit: { retry_after: '4s' } },
          ],
        },
      ],
    },
    client: carelessClient({ attempts: 4, wait: () => 1_010 }),
    fail: ['never_early'],
  },
  {
    row: '21 gsd-2 #5677',
    symptom: 'retries after 1, 2 and 4 s within a cooldown of a minute',
    scenario: always({ rate_limit: { retry_after: '60s' } }),
    client: carelessClient({ attempts: 4 }),
    fail: ['long_hint'],
  },
  {
    row: '42 hermes-agent #109234',
    symptom: 'all of thirty clients come back exactly when told',
    scenario: once({ rate_limit: { retry_after: '2s' } }),
    client: carelessClient({ wait: () => 2_001 }),
    world: { calls: 30, staggerMs: 0.1 },
    info: ['herd'],
  },
  {
    row: '59 elizaOS #22162',
    symptom: 'an HTTP-date becomes NaN, and the timer fires at once',
    scenario: once({ rate_limit: { retry_after: { date: '3s' } } }),
    client: carelessClient({ wait: byNumber }),
    fail: ['http_date'],
  },
  {
    row: '62 rocketride #1937',
    symptom: 'Retry-After: 0 makes a loop without a bound',
    scenario: always({ rate_limit: { retry_after: '0' } }),
    client: carelessClient({ attempts: 40, wait: byNumber }),
    fail: ['bounded_attempts', 'insane_hint'],
  },
  ...['-5', 'soon', '', '3000000', '99999999999'].map(
    (hint): Bug => ({
      row: `B6 Retry-After: ${hint === '' ? '(empty)' : hint}`,
      symptom: 'a hint that makes no sense makes the timer fire at once',
      scenario: always({ rate_limit: { retry_after: hint } }),
      client: carelessClient({ attempts: 7, wait: byNumber }),
      fail: ['insane_hint'],
    }),
  ),
  {
    row: 'B3',
    symptom: 'reads Retry-After, not retry-after-ms, and comes back too early',
    scenario: once({ rate_limit: { retry_after: 'none', retry_after_ms: '700ms' } }),
    client: carelessClient({ headers: counting, wait: () => 300 }),
    fail: ['retry_after_ms'],
  },
  {
    row: 'A5',
    symptom: 'retries although x-should-retry says false',
    scenario: always({ server_error: { should_retry: false } }),
    client: carelessClient({ headers: counting, wait: jittered(1_000) }),
    twin: carelessClient({
      headers: counting,
      wait: jittered(1_000),
      retries: (response) => response.header('x-should-retry') !== 'false',
    }),
    fail: ['obeys_should_retry'],
  },
  {
    row: '19 two deployments by turns',
    symptom: 'comes back with a key that was told to wait, after another key',
    scenario: always({ rate_limit: { retry_after: '2s' } }),
    client: async (tools) => {
      for (let k = 0; k < 4; k++) {
        const response = await tools.request({ key: `sk-${k % 2}` });
        if (response.status === 200) return response.text;
        await tools.sleep(5);
      }
      throw new Error('both deployments are limited');
    },
    fail: ['never_early'],
  },
  {
    row: 'B6 ky',
    symptom: 'hangs for ever on a date that is none',
    scenario: once({ rate_limit: { retry_after: 'Wed, 99 Foo 2026 25:61:00 GMT' } }),
    client: carelessClient({ wait: () => 1e9 }),
    world: { untilMs: 20_000 },
    fail: ['settles'],
    warn: ['retries_transient'],
  },
  {
    row: 'B9',
    symptom: 'starts calls with a key that another call was told to rest',
    scenario: { rules: [{ name: 'fault', first: 1, fault: { rate_limit: { retry_after: '3s' } } }] },
    client: goodClient(),
    twin: limitedTogether((response) => (response.status === 429 ? Number(response.header('retry-after')) * 1_000 + 1 : 0)),
    world: { calls: 25, staggerMs: 200 },
    info: ['cools_down_key'],
  },
  {
    row: 'B10',
    symptom: 'reads Retry-After alone, and runs into limits that it was told of',
    scenario: { limits: { '*': { rpm: 5 } } },
    client: goodClient(),
    twin: limitedTogether((response) =>
      response.header('x-ratelimit-remaining-requests') === '0'
        ? (parseDuration(response.header('x-ratelimit-reset-requests') ?? '') ?? 0) + 1
        : 0,
    ),
    world: { calls: 10, oneByOne: true },
    info: ['paces_on_headers'],
  },
];
