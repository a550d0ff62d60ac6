import { carelessClient } from '../careless-client.ts';
import { always, type Bug, twice, UNHINTED } from './bug.ts';

/** Clients whose own waits are wrong. */
export const waitBugs: readonly Bug[] = [
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
    row: 'D9',
    symptom: 'clients that fail together come back together',
    scenario: twice('overloaded'),
    client: carelessClient({ attempts: 3 }),
    world: { calls: 40, staggerMs: 0.01 },
    fail: ['has_jitter'],
    warn: ['herd'],
  },
];
