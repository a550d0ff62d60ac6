import type { ScenarioInput } from '../../../src/core/scenario/schema.ts';
import { TimeoutError, type VirtualClient } from '../../support/virtual-world.ts';
import { asksPrimaryAlone, failingOver, keyPool, textOf, withBreaker } from '../failover-clients.ts';
import type { Bug } from './bug.ts';

const PRIMARY_DOWN: ScenarioInput = {
  providers: { primary: { rules: [{ name: 'down', fault: 'overloaded' }] }, backup: {} },
};

/** Leaves after a second, and asks again. */
const impatient: VirtualClient = async (tools) => {
  for (let attempt = 1; attempt < 3; attempt++) {
    try {
      return textOf(await tools.request({ timeoutMs: 1_000 }));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      await tools.sleep(300 + 300 * tools.random());
    }
  }
  return textOf(await tools.request({ timeoutMs: 60_000 }));
};

/** Clients and gateways with several targets, and those that pay too much. */
export const targetBugs: readonly Bug[] = [
  {
    row: 'F17 litellm #39857',
    symptom: 'gives up although there is a second provider',
    scenario: PRIMARY_DOWN,
    policy: { fails_over: true },
    client: asksPrimaryAlone,
    twin: failingOver((status) => status >= 500),
    world: { calls: 5 },
    fail: ['fails_over'],
    warn: ['retries_transient'],
  },
  {
    row: 'litellm #34023',
    symptom: 'tries a bad request at the next provider',
    scenario: { providers: { primary: { rules: [{ every: 2, fault: 'invalid_value' }, { fault: 'overloaded' }] }, backup: {} } },
    client: failingOver((status) => status !== 200),
    twin: failingOver((status) => status >= 500),
    world: { calls: 6 },
    warn: ['no_failover_on_bad_request'],
  },
  {
    row: 'no breaker',
    symptom: 'asks a provider that is down first, each time',
    scenario: PRIMARY_DOWN,
    policy: { breaker: { after: 5, for: '2s' } },
    client: failingOver((status) => status >= 500),
    twin: withBreaker({ openForMs: 2_000, probesAlone: true }),
    world: { calls: 60, staggerMs: 100 },
    fail: ['breaker_opens'],
  },
  {
    row: 'stampede at half-open',
    symptom: 'lets all calls through when its breaker half-opens',
    scenario: { providers: { primary: { rules: [{ fault: [{ latency: '300ms' }, 'server_error'] }] }, backup: {} } },
    client: withBreaker({ openForMs: 2_000, probesAlone: false }),
    twin: withBreaker({ openForMs: 2_000, probesAlone: true }),
    world: { calls: 300, staggerMs: 20 },
    warn: ['one_probe'],
  },
  {
    row: 'never back',
    symptom: 'stays with the backup for good',
    scenario: { providers: { primary: { rules: [{ during: '0s..2s', fault: 'overloaded' }] }, backup: {} } },
    policy: { returns_within: '3s' },
    client: withBreaker({ openForMs: Number.POSITIVE_INFINITY, probesAlone: true }),
    twin: withBreaker({ openForMs: 1_000, probesAlone: true }),
    world: { calls: 100, staggerMs: 100 },
    fail: ['returns_to_primary'],
  },
  {
    row: 'AegisFlow #75',
    symptom: 'gives a provider up for the 429 of one of its keys',
    scenario: {
      providers: {
        primary: { rules: [{ match: { key: 'sk-a' }, after: 1, fault: { rate_limit: { retry_after: '5s' } } }] },
        backup: {},
      },
    },
    policy: { neutral_429: true },
    client: keyPool('other provider'),
    twin: keyPool('other key'),
    world: { calls: 30, staggerMs: 100 },
    fail: ['neutral_429'],
  },
  {
    row: 'paid resubmissions',
    symptom: 'leaves slow answers, pays for them and asks again',
    scenario: { rules: [{ fault: { latency: '5s' } }] },
    policy: { max_waste: '20%' },
    client: impatient,
    world: { calls: 3 },
    fail: ['pays_once'],
  },
];
