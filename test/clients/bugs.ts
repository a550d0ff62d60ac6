import type { PolicyInput } from '../../src/core/policy/policy-schema.ts';
import type { ScenarioInput } from '../../src/core/scenario/schema.ts';
import type { VirtualClient, WorldOptions } from '../support/virtual-world.ts';
import { carelessClient } from './careless-client.ts';
import { type GoodOptions, goodClient } from './good-client.ts';

/** A client with a bug that was reported of a real one, and the rules that must speak of it: those, and no others. */
export interface Bug {
  /** Row of backoff.md 5, or the rule it stands for. */
  readonly row: string;
  readonly symptom: string;
  readonly scenario: ScenarioInput;
  readonly client: VirtualClient;
  readonly fail?: readonly string[];
  readonly warn?: readonly string[];
  readonly info?: readonly string[];
  readonly policy?: PolicyInput;
  /** How its good twin is set up. */
  readonly good?: GoodOptions;
  readonly world?: Partial<WorldOptions>;
}

const always = (fault: object | string): ScenarioInput => ({ rules: [{ name: 'fault', fault: fault as never }] });
const twice = (fault: object | string): ScenarioInput => ({
  rules: [{ name: 'fault', attempts: '1..2', fault: fault as never }],
});
const once = (fault: object | string): ScenarioInput => ({ rules: [{ name: 'fault', attempts: 1, fault: fault as never }] });
const jittered = (baseMs: number) => (k: number, _response: unknown, random: () => number) =>
  baseMs * 2 ** (k - 1) * (0.5 + random());
const counting = (k: number) => ({ 'x-stainless-retry-count': String(k - 1), 'x-stainless-lang': 'js' });
/** `n` attempts of the SDK, again and again: the counts of nested layers. */
const nested = (n: number) => (k: number) => counting(((k - 1) % n) + 1);
/** A 429 that asks for no wait. */
const UNHINTED = { rate_limit: { retry_after: 'none' } };
const STREAM = { stream: true };

/** The hint as a careless client reads it: `setTimeout(NaN)` fires at once. */
const byNumber = (_k: number, response: { header(name: string): string | undefined } | undefined) =>
  Number.parseFloat(response?.header('retry-after') ?? 'NaN') * 1_000;

export const bugs: readonly Bug[] = [
  {
    row: '1 vercel/ai #5018',
    symptom: 'ignores Retry-After, backs off by itself',
    scenario: twice({ rate_limit: { retry_after: '3s' } }),
    client: carelessClient({ wait: (_k, _response, random) => 500 + 1_000 * random() }),
    fail: ['never_early'],
  },
  {
    row: '5 vercel/ai #4726',
    symptom: 'calls an error answer an empty success',
    scenario: always('invalid_value'),
    client: async (tools) => {
      await tools.request();
      return '';
    },
    fail: ['stream_error_surfaced'],
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
    row: '17 pi #4345',
    symptom: 'takes a truncated stream for a complete answer',
    scenario: always({ truncated_stream: { after_chunks: 2, end: 'clean' } }),
    client: carelessClient({ body: STREAM, read: () => 'whatever came' }),
    good: { body: STREAM },
    warn: ['truncated_stream_noticed'],
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
    row: '24 llxprt #3140',
    symptom: 'nine prompts for one billing failure',
    scenario: always('insufficient_quota'),
    client: carelessClient({ attempts: 9, wait: jittered(1_000) }),
    fail: ['no_retry_quota'],
    warn: ['bounded_attempts'],
  },
  {
    row: '24b official SDKs',
    symptom: 'three prompts within two seconds for one billing failure',
    scenario: always('insufficient_quota'),
    client: carelessClient({ wait: jittered(500) }),
    warn: ['no_retry_quota'],
  },
  {
    row: '27 llama_index #12947',
    symptom: 'retries a context that is too long',
    scenario: always('context_length_exceeded'),
    client: carelessClient({ retries: () => true, wait: jittered(1_000) }),
    fail: ['no_retry_permanent'],
  },
  {
    row: '29 coder/xum #544',
    symptom: 'retries an invalid key without a bound',
    scenario: always('invalid_api_key'),
    client: carelessClient({
      attempts: 30,
      retries: () => true,
      wait: (k, r, random) => Math.min(5_000, jittered(500)(k, r, random)),
    }),
    fail: ['bounded_attempts', 'no_retry_permanent'],
  },
  {
    row: '31 livekit/agents #5335',
    symptom: 'four tries of the framework times three of the SDK',
    scenario: always('server_error'),
    client: carelessClient({ attempts: 12, headers: nested(3), wait: (_k, _r, random) => 500 + 500 * random() }),
    fail: ['amplification'],
    warn: ['bounded_attempts'],
  },
  {
    row: '32 code_puppy #317',
    symptom: '3 × 3 × 5 attempts for a 429',
    scenario: always(UNHINTED),
    client: carelessClient({ attempts: 45, headers: nested(3), wait: (_k, _r, random) => 500 + 500 * random() }),
    fail: ['amplification', 'bounded_attempts'],
  },
  {
    row: '36 vibecad #177',
    symptom: '18 attempts on timeouts, the progress shows 6',
    scenario: always('hang'),
    client: carelessClient({
      attempts: 18,
      timeoutMs: 2_000,
      headers: nested(3),
      wait: (_k, _r, random) => 500 + 500 * random(),
    }),
    good: { timeoutMs: 2_000 },
    fail: ['amplification'],
    warn: ['aborts_hung_request', 'bounded_attempts'],
  },
  {
    row: '37 humanities_data_benchmark #110',
    symptom: 'retries its own timeouts, each of them billed',
    scenario: always('hang'),
    client: carelessClient({ attempts: 6, timeoutMs: 5_000, wait: jittered(1_000) }),
    good: { timeoutMs: 5_000 },
    warn: ['aborts_hung_request'],
  },
  {
    row: '38 openclaw #76293',
    symptom: 'an idle timeout makes a loop without a wait',
    scenario: always('hang'),
    client: carelessClient({ attempts: 50, timeoutMs: 100, wait: () => 1 }),
    good: { timeoutMs: 100 },
    fail: ['bounded_attempts', 'no_hot_retry'],
    warn: ['aborts_hung_request'],
  },
  {
    row: '39 inspect_ai #1753',
    symptom: 'waits for hours because nothing caps the doubling',
    scenario: always(UNHINTED),
    client: carelessClient({ attempts: 15, wait: jittered(1_000) }),
    world: { untilMs: 1e9 },
    fail: ['caps_delay'],
    warn: ['bounded_attempts', 'bounded_time'],
  },
  {
    row: '41 aider #5165',
    symptom: 'no jitter, a ceiling in place of a bound on attempts',
    scenario: always(UNHINTED),
    client: carelessClient({ attempts: 10, wait: (k) => Math.min(60_000, 125 * 2 ** (k - 1)) }),
    world: { calls: 24 },
    fail: ['has_jitter'],
    warn: ['bounded_attempts'],
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
    row: '45 job-ops #555',
    symptom: 'linear waits without jitter',
    scenario: always('overloaded'),
    client: carelessClient({ attempts: 6, wait: (k) => 1_000 * k }),
    world: { calls: 24 },
    fail: ['has_jitter'],
    warn: ['grows'],
  },
  {
    row: '45b job-ops #555',
    symptom: 'a constant wait without jitter',
    scenario: always('overloaded'),
    client: carelessClient({ attempts: 5, wait: () => 1_000 }),
    world: { calls: 24 },
    fail: ['grows', 'has_jitter'],
  },
  {
    row: '48 NeoGraph #124',
    symptom: 'an error frame in the stream is an empty success',
    scenario: always({ stream_error: { after_chunks: 0 } }),
    client: carelessClient({ body: STREAM, read: () => '' }),
    good: { body: STREAM },
    fail: ['stream_error_surfaced'],
  },
  {
    row: '49 term-llm #448',
    symptom: 'a chunk that is no JSON is passed over',
    scenario: always('malformed_chunk'),
    client: carelessClient({ body: STREAM, read: () => 'what could be parsed' }),
    good: { body: STREAM },
    fail: ['stream_error_surfaced'],
  },
  {
    row: '49b axios',
    symptom: 'half a body is returned as a string',
    scenario: always('malformed_json'),
    client: carelessClient({ read: (text) => text }),
    fail: ['stream_error_surfaced'],
  },
  {
    row: '51 nuguard #455',
    symptom: 'a replay after partial output is glued to it',
    scenario: once({ truncated_stream: { after_chunks: 6, end: 'reset' } }),
    client: carelessClient({ body: STREAM }),
    good: { body: STREAM },
    fail: ['no_silent_replay'],
  },
  {
    row: '53 opencode #16366',
    symptom: 'a stalled stream is held for ever',
    scenario: always({ stalled_stream: { after_chunks: 2 } }),
    client: carelessClient({ body: STREAM }),
    good: { body: STREAM },
    info: ['stalled_stream_noticed'],
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
    row: '64 datalab/marker #772',
    symptom: 'one attempt more than declared, which is forgiven',
    scenario: always('server_error'),
    client: carelessClient({ attempts: 4, wait: jittered(1_000) }),
    policy: { max_attempts: 3 },
    good: { attempts: 3 },
  },
  {
    row: '64b',
    symptom: 'two attempts more than declared',
    scenario: always('server_error'),
    client: carelessClient({ attempts: 5, wait: jittered(1_000) }),
    policy: { max_attempts: 3 },
    good: { attempts: 3 },
    fail: ['bounded_attempts'],
  },
  {
    row: 'D4',
    symptom: 'starts attempts after its deadline',
    scenario: always('server_error'),
    client: carelessClient({ attempts: 4, wait: (k, r, random) => 3_000 + jittered(1_000)(k, r, random) }),
    policy: { max_elapsed: '5s' },
    good: { attempts: 3 },
    fail: ['bounded_time'],
  },
  {
    row: 'B3',
    symptom: 'reads Retry-After, not retry-after-ms, and comes back too early',
    scenario: once({ rate_limit: { retry_after: 'none', retry_after_ms: '700ms' } }),
    client: carelessClient({ headers: counting, wait: () => 300 }),
    fail: ['retry_after_ms'],
  },
  {
    row: 'A1',
    symptom: 'does not retry a 503',
    scenario: once('overloaded'),
    client: carelessClient({ attempts: 1 }),
    warn: ['retries_transient'],
  },
  {
    row: 'A1 declared',
    symptom: 'does not retry a 503, which it declares to',
    scenario: once('overloaded'),
    client: carelessClient({ attempts: 1 }),
    policy: { retries: [503] },
    fail: ['retries_transient'],
  },
  {
    row: 'A2',
    symptom: 'does not retry a connection that broke',
    scenario: once('empty_response'),
    client: carelessClient({ attempts: 1 }),
    info: ['retries_transport'],
  },
  {
    row: 'A5',
    symptom: 'retries although x-should-retry says false',
    scenario: always({ server_error: { should_retry: false } }),
    client: carelessClient({ headers: counting, wait: jittered(1_000) }),
    good: { attempts: 1 },
    fail: ['obeys_should_retry'],
  },
  {
    row: 'C1 on 429 alone',
    symptom: 'retries a 429 within milliseconds',
    scenario: always(UNHINTED),
    client: carelessClient({ attempts: 3, wait: () => 1 }),
    world: { calls: 6 },
    fail: ['no_hot_retry'],
  },
  {
    row: 'C4 on broken connections',
    symptom: 'waits a constant time after a connection broke',
    scenario: always('empty_response'),
    client: carelessClient({ attempts: 4, wait: () => 1_000 }),
    world: { calls: 24 },
    fail: ['grows', 'has_jitter'],
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
    row: '65 openai 4.20',
    symptom: 'reads a stream to the end of the connection, not to [DONE]',
    scenario: always('open_after_done'),
    client: carelessClient({ body: STREAM }),
    good: { body: STREAM, idleMs: 3_000 },
    world: { untilMs: 20_000 },
    fail: ['settles'],
  },
  {
    row: '12 gives up within an outage',
    symptom: 'gives up after seconds, which it declares not to',
    scenario: { rules: [{ name: 'outage', during: '0s..10s', fault: 'overloaded' }] },
    client: carelessClient({ attempts: 3, wait: jittered(500) }),
    policy: { outlasts: '10s' },
    good: { attempts: 9 },
    world: { calls: 4 },
    warn: ['outlasts_outage'],
  },
  {
    row: 'C1 ofetch',
    symptom: 'retries within milliseconds',
    scenario: always('server_error'),
    client: carelessClient({ attempts: 3, wait: () => 1 }),
    world: { calls: 24 },
    fail: ['no_hot_retry'],
  },
  {
    row: 'C5',
    symptom: 'four processes draw the same waits',
    scenario: always('server_error'),
    client: async (tools, signal) => {
      const ordinal = Math.floor((Number(tools.prompt.slice('Hello '.length)) - 1) / 4);
      const draw = (k: number) => (Math.sin(ordinal * 12.9898 + k * 78.233) * 43758.5453) % 1;
      return carelessClient({ attempts: 4, wait: (k) => 1_000 * 2 ** (k - 1) * (1 + 0.5 * draw(k)) })(tools, signal);
    },
    world: { calls: 48, staggerMs: 50 },
    fail: ['independent_processes'],
  },
  {
    row: 'D3',
    symptom: 'five attempts for each of 200 calls in a total outage',
    scenario: always('overloaded'),
    client: carelessClient({ attempts: 5, wait: jittered(500) }),
    world: { calls: 200 },
    warn: ['retry_budget'],
  },
  {
    row: 'D9',
    symptom: 'clients that fail together come back together',
    scenario: twice('overloaded'),
    client: carelessClient({ attempts: 3 }),
    world: { calls: 40, staggerMs: 0.01 },
    fail: ['has_jitter'],
    warn: ['herd'],
  },
  {
    row: 'D10',
    symptom: 'sleeps on long after an outage is over',
    scenario: { rules: [{ name: 'outage', during: '0s..10s', fault: 'overloaded' }] },
    client: carelessClient({ attempts: 3, wait: (_k, _r, random) => 100_000 + 5_000 * random() }),
    good: { attempts: 8 },
    world: { calls: 12 },
    fail: ['recovers_promptly'],
  },
  {
    row: 'E1',
    symptom: 'puts the time into the body of each attempt',
    scenario: twice('server_error'),
    client: carelessClient({ bodyOf: (k) => ({ user: `at ${k}` }), wait: jittered(1_000) }),
    warn: ['same_body'],
  },
  {
    row: 'E2',
    symptom: 'makes a new idempotency key for each attempt',
    scenario: twice('server_error'),
    client: carelessClient({ headers: (k) => ({ 'idempotency-key': `key-${k}` }), wait: jittered(1_000) }),
    fail: ['same_idempotency_key'],
  },
  {
    row: 'E3 LangChain',
    symptom: 'counts every attempt as the first, in one layer: nothing is wrong',
    scenario: twice('server_error'),
    client: carelessClient({ headers: () => counting(1), wait: jittered(1_000) }),
  },
];

/** The good twin of a bug. */
export function twinOf({ good }: Bug): VirtualClient {
  return goodClient(good);
}
