import type { RuleId } from '../../../src/core/backoff/registry.ts';
import type { PolicyInput } from '../../../src/core/policy/policy-schema.ts';
import type { Random } from '../../../src/core/random.ts';
import type { ScenarioInput } from '../../../src/core/scenario/schema.ts';
import {
  asksPrimaryAlone,
  failingOver,
  hedging,
  keyPool,
  retryingThenFailingOver,
  withBreaker,
} from '../../clients/failover-clients.ts';
import { goodClient } from '../../clients/good-client.ts';
import { aimd, pacedClient, rateThatDoubles, tokenPace } from '../../clients/paced-client.ts';
import type { VirtualClient, WorldOptions } from '../virtual-world.ts';

/** Many calls of a client with several targets, or under a limit, and what it is judged by. */
export interface Fleet {
  readonly client: VirtualClient;
  readonly scenario: ScenarioInput;
  readonly policy: PolicyInput;
  readonly world: Pick<WorldOptions, 'calls' | 'staggerMs'>;
}

const BREAKER: PolicyInput = { fails_over: true, within: '5s', breaker: { after: 5, for: '2s' }, returns_within: '8s' };
/** Down for three seconds, and up again for six. */
const GOES_DOWN: ScenarioInput = {
  providers: { primary: { rules: [{ during: '0s..3s', fault: 'overloaded' }] }, backup: { latency: { ttft: '40ms' } } },
};
const OFTEN_FAILS: ScenarioInput = {
  providers: { primary: { rules: [{ probability: 0.4, fault: 'server_error' }] }, backup: {} },
};
const SLOW: ScenarioInput = { providers: { primary: { latency: { ttft: { p50: '200ms', p95: '900ms' } } }, backup: {} } };
const BAD_REQUESTS: ScenarioInput = {
  providers: {
    primary: {
      rules: [
        { every: 3, fault: 'invalid_value' },
        { probability: 0.5, fault: 'overloaded' },
      ],
    },
    backup: {},
  },
};
const LIMITED_KEY: ScenarioInput = {
  providers: {
    primary: { rules: [{ match: { key: 'sk-a' }, after: 2, times: 3, fault: { rate_limit: { retry_after: '2s' } } }] },
    backup: {},
  },
};
const TWENTY_A_MINUTE: ScenarioInput = { limits: { '*': { rpm: 20 } } };
const over = (calls: number, staggerMs: number) => ({ calls, staggerMs });
const on5xx = failingOver((status) => status >= 500);
const onePerProbe = (openForMs: number) => withBreaker({ openForMs, probesAlone: true });
const limited = (client: VirtualClient): Fleet => ({
  client,
  scenario: TWENTY_A_MINUTE,
  policy: { adapts: true },
  world: over(90, 1_200),
});

/** Fleets that a rule must not accuse. */
export const goodFleets: Readonly<Record<string, Fleet>> = {
  'failover after 5xx': { client: on5xx, scenario: OFTEN_FAILS, policy: { fails_over: true, within: '2s' }, world: over(50, 60) },
  'one retry, then failover': {
    client: retryingThenFailingOver,
    scenario: OFTEN_FAILS,
    policy: { fails_over: true, within: '5s' },
    world: over(50, 60),
  },
  'failover, bad requests given back': { client: on5xx, scenario: BAD_REQUESTS, policy: {}, world: over(50, 60) },
  'breaker, open for 2.3 s': { client: onePerProbe(2_300), scenario: GOES_DOWN, policy: BREAKER, world: over(90, 100) },
  'breaker, open for 3 s, many calls': { client: onePerProbe(3_000), scenario: GOES_DOWN, policy: BREAKER, world: over(240, 30) },
  'hedge after 300 ms': { client: hedging(300), scenario: SLOW, policy: { fails_over: true }, world: over(60, 60) },
  'hedge after 300 ms, and failures': {
    client: hedging(300),
    scenario: OFTEN_FAILS,
    policy: { fails_over: true },
    world: over(60, 60),
  },
  'pool of keys': {
    client: keyPool('other key'),
    scenario: LIMITED_KEY,
    policy: { neutral_429: true, fails_over: true },
    world: over(60, 100),
  },
  'AIMD, halved': limited(pacedClient(() => aimd({ perSecond: 2 }))),
  'AIMD, × 0.7, quicker steps': limited(pacedClient(() => aimd({ perSecond: 2, step: 0.03, factor: 0.7 }))),
  'tokens at 95 % of the limit': limited(pacedClient(() => tokenPace({ perMinute: 20 }))),
};

/** Fleets that a rule must notice, and which rule that is. */
export const badFleets: Readonly<Record<string, Fleet & { readonly breaks: RuleId }>> = {
  'gives up at the first target': {
    client: asksPrimaryAlone,
    scenario: OFTEN_FAILS,
    policy: { fails_over: true },
    world: over(50, 60),
    breaks: 'fails_over',
  },
  'fails over after everything': {
    client: failingOver((status) => status !== 200),
    scenario: BAD_REQUESTS,
    policy: {},
    world: over(50, 60),
    breaks: 'no_failover_on_bad_request',
  },
  'no breaker': { client: on5xx, scenario: GOES_DOWN, policy: BREAKER, world: over(90, 100), breaks: 'breaker_opens' },
  'all at half-open': {
    client: withBreaker({ openForMs: 1_200, probesAlone: false }),
    scenario: { providers: { primary: { rules: [{ fault: [{ latency: '300ms' }, 'server_error'] }] }, backup: {} } },
    policy: {},
    world: over(150, 20),
    breaks: 'one_probe',
  },
  'never back': {
    client: onePerProbe(Number.POSITIVE_INFINITY),
    scenario: GOES_DOWN,
    policy: { returns_within: '3s' },
    world: over(90, 100),
    breaks: 'returns_to_primary',
  },
  'a provider given up for a key': {
    client: keyPool('other provider'),
    scenario: LIMITED_KEY,
    policy: { neutral_429: true },
    world: over(60, 100),
    breaks: 'neutral_429',
  },
  'obeys hints, never slows down': { ...limited(goodClient()), breaks: 'adapts' },
  'doubles after each success': { ...limited(pacedClient(() => rateThatDoubles({ perSecond: 2 }))), breaks: 'adapts' },
};

/** The client on a machine that is late before and after each request. */
export function lateBy(client: VirtualClient, noise: (random: Random) => number): VirtualClient {
  return (tools, signal) =>
    client(
      {
        ...tools,
        request: async (request) => {
          await tools.sleep(noise(tools.random));
          // What was given up before it was sent is not sent.
          request?.signal?.throwIfAborted();
          const response = await tools.request(request);
          await tools.sleep(noise(tools.random));
          return response;
        },
      },
      signal,
    );
}
