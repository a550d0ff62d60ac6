import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { bundledPath, bundledScenarios } from '../../src/scenario-files/load-scenario.ts';
import { virtualWorld } from '../support/virtual-world.ts';
import { carelessClient } from './careless-client.ts';
import { goodClient } from './good-client.ts';

/* Each scenario that comes with the package, on both APIs, in JSON and in streams: a good client is accused of nothing, a bad one of what it does there. */

/** Retries everything at once, takes whatever came for the answer, and knows no timeout. */
const badClient = (stream: boolean) =>
  carelessClient({ attempts: 8, wait: () => 10, retries: () => true, read: (text) => text, body: { stream } });

/** As few as the outages and limits need to be met. */
const FEW = { calls: 6, staggerMs: 2_000 };
const MANY = { calls: 24, staggerMs: 200 };

/** Scenarios that do nothing to requests by HTTP/1.1. */
const BY_HTTP2: ReadonlySet<string> = new Set(['goaway', 'refused-streams']);

/** What the bad client is accused of, whatever it asks for; and of what only in streams. Of the others it is accused of nothing. */
const ACCUSATIONS: Readonly<Record<string, string>> = {
  'bad-key': 'no_hot_retry, no_retry_permanent, bounded_attempts',
  'context-too-long': 'no_hot_retry, no_retry_permanent, bounded_attempts',
  'error-guide': 'never_early, no_retry_permanent, no_retry_quota, bounded_attempts',
  flaky: 'never_early',
  'metastable-outage': 'no_hot_retry, bounded_attempts',
  outage: 'no_hot_retry, bounded_attempts',
  'spoilt-answers': 'stream_error_surfaced',
  'quota-exhausted': 'no_hot_retry, no_retry_quota, bounded_attempts',
  'rate-limited': 'never_early',
  'tight-limits': 'retry_after_ms, bounded_attempts',
};
const IN_STREAMS: Readonly<Record<string, string>> = {
  'stream-cut': 'no_silent_replay, truncated_stream_noticed',
  'stream-error': 'stream_error_surfaced',
};

describe.each([
  ['chat', false],
  ['chat', true],
  ['responses', false],
  ['responses', true],
] as const)('%s, streamed: %s', (api, stream) => {
  test.each(bundledScenarios())('%s', async (name) => {
    const scenario = parse(readFileSync(bundledPath(name), 'utf8'));
    const options = {
      scenario,
      api,
      ...(BY_HTTP2.has(name) && { http2: true as const }),
      ...(name === 'tight-limits' ? MANY : FEW),
    };
    const good = await virtualWorld({ ...options, client: goodClient({ body: { stream } }) });
    expect(good.accused).toEqual({ fail: [], warn: [] });
    const bad = await virtualWorld({ ...options, client: badClient(stream) });
    const accusations = [...bad.accused.fail, ...bad.accused.warn].join(', ');
    expect(accusations).toBe(ACCUSATIONS[name] ?? (stream ? IN_STREAMS[name] : undefined) ?? '');
  });
});
