import { carelessClient } from '../careless-client.ts';
import { readAnswer } from '../good-client.ts';
import { sharing } from '../sharing.ts';
import { always, type Bug, jittered, nested, once, UNHINTED } from './bug.ts';

/** Clients that go on too long, or not long enough. */
export const boundBugs: readonly Bug[] = [
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
    good: { attempts: 7 },
    world: { untilMs: 1e9 },
    fail: ['caps_delay'],
    warn: ['bounded_attempts', 'bounded_time'],
  },
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
    row: 'A2 declared',
    symptom: 'does not retry a connection that broke, which it declares to',
    scenario: once('empty_response'),
    client: carelessClient({ attempts: 1 }),
    policy: { retries: ['transport'] },
    fail: ['retries_transport'],
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
    row: 'D3',
    symptom: 'five attempts for each of 200 calls in a total outage',
    scenario: always('overloaded'),
    client: carelessClient({ attempts: 5, wait: jittered(500) }),
    twin: sharing(
      () => ({ retries: 20 }),
      (budget) => async (tools) => {
        for (let k = 1; ; k++) {
          const response = await tools.request();
          if (response.status === 200) return readAnswer(response.text);
          if (k > 4 || budget.retries === 0) throw new Error(`status ${response.status}`);
          budget.retries -= 1;
          await tools.sleep(jittered(500)(k, response, tools.random));
        }
      },
    ),
    world: { calls: 200 },
    warn: ['retry_budget'],
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
    row: '27b an agent that works on',
    symptom: 'goes on with its work after its key was refused',
    scenario: always('invalid_api_key'),
    client: async (tools) => {
      throw new Error(`status ${(await tools.request()).status}`);
    },
    twin: sharing(
      () => ({ refused: false }),
      (program) => async (tools) => {
        if (!program.refused) program.refused = (await tools.request()).status === 401;
        throw new Error('the key was refused');
      },
    ),
    world: { calls: 40, oneByOne: true },
    warn: ['stops_at_a_wall'],
  },
];
