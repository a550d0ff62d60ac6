/** A gateway with its settings, under a scenario. `name` is what its program calls it. */
export interface GatewayCase {
  readonly program: keyof typeof GATEWAYS;
  readonly name: string;
  readonly settings: string;
  /** A bundled one, or a file of the folder. */
  readonly scenario: 'failover' | 'key-pool' | 'half-open' | 'limited.yaml';
}

/** What is installed, and how a page calls it. */
export const GATEWAYS = {
  portkey: { shown: 'Portkey', packageName: '@portkey-ai/gateway', version: '1.15.2' },
  litellm: { shown: 'LiteLLM', packageName: 'litellm', version: '1.110.2' },
} as const;

/** Each call is limited once, and told to wait for longer than a first backoff. */
export const LIMITED = {
  name: 'limited',
  rules: [{ attempts: '1..1', fault: { rate_limit: { retry_after: '4s' } } }],
  expect: { rules: { has_jitter: 'off' } },
};

const portkey = (scenario: GatewayCase['scenario'], name: string, settings: string): GatewayCase => ({
  program: 'portkey',
  name,
  settings,
  scenario,
});
const litellm = (scenario: GatewayCase['scenario'], name: string, settings: string): GatewayCase => ({
  program: 'litellm',
  name,
  settings,
  scenario,
});

export const CASES: readonly GatewayCase[] = [
  portkey('failover', 'fallback', '`mode: fallback` on 503'),
  portkey('failover', 'no fallback', 'one target'),
  portkey('failover', 'fallback on 429 only', '`mode: fallback` on 429'),
  portkey('failover', 'fallback after retries', '`mode: fallback` on 503, `retry: { attempts: 2 }`'),
  litellm('failover', 'fallback', '`fallbacks`, `num_retries=0`'),
  litellm('failover', 'fallback after retries', '`fallbacks`, `num_retries=2`'),
  litellm('failover', 'one deployment', 'one deployment, `num_retries=0`'),
  litellm('failover', 'group without cooldowns', 'two deployments of one name, `num_retries=2`, `disable_cooldowns`'),
  portkey('key-pool', 'keys', 'two keys, `mode: fallback` on 429'),
  litellm('key-pool', 'keys', 'two keys, `num_retries=2`'),
  litellm('key-pool', 'keys without retries', 'two keys, `num_retries=0`'),
  litellm('key-pool', 'keys without cooldowns', 'two keys, `num_retries=2`, `disable_cooldowns`'),
  portkey('half-open', 'fallback, no breaker', '`mode: fallback` on 500'),
  litellm('half-open', 'cooldowns', '`fallbacks`, `allowed_fails=4`, `cooldown_time=5`'),
  litellm('half-open', 'no cooldowns', '`fallbacks`, `disable_cooldowns`'),
  portkey('limited.yaml', 'retries after 429', '`retry: { attempts: 5 }`'),
  portkey('limited.yaml', 'retries after 429, as told', '`retry: { attempts: 5, use_retry_after_header: true }`'),
];
