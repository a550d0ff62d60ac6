import { describe, expect, test } from 'vitest';
import type { RuleId } from '../../../src/core/backoff/registry.ts';
import type { ScenarioInput } from '../../../src/core/scenario/schema.ts';
import type { ClientTools, VirtualClient, WorldOptions } from '../../support/virtual-world.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

type Request = Parameters<ClientTools['request']>[0];

/** A client that streams with these timeouts, and asks again so often after one. Its program goes on for a while. */
function streaming(timeouts: Request, retries = 0): VirtualClient {
  return async (tools) => {
    for (let attempt = 0; ; attempt++) {
      try {
        return (await tools.request({ ...timeouts, body: { stream: true } })).text;
      } catch (error) {
        if (attempt >= retries) {
          await tools.sleep(1_000);
          throw error;
        }
        await tools.sleep(500 * 2 ** attempt * (0.5 + tools.random()));
      }
    }
  };
}

async function findingOf(rule: RuleId, options: Omit<WorldOptions, 'untilMs'> & { readonly untilMs?: number }) {
  const { verdict } = await virtualWorld({ calls: 2, staggerMs: 100, untilMs: 120_000, ...options });
  return verdict.findings.find((finding) => finding.rule === rule);
}

/** The first call meets a silent stream, the second one that sends comments only. */
const SILENT_THEN_BEATING: ScenarioInput = {
  rules: [{ first: 1, fault: 'stalled_stream' }, { fault: { stalled_stream: { heartbeat: { every: '500ms' } } } }],
} as const;

describe('heartbeats_do_not_fool', () => {
  test.each([
    ['an idle timer that every byte starts anew', streaming({ idleMs: 2_000 })],
    ['the same, with retries', streaming({ idleMs: 2_000 }, 1)],
    ['an idle timer for bytes, and a long one for all', streaming({ idleMs: 2_000, timeoutMs: 60_000 })],
  ])('warns of %s', async (_what, client) => {
    const options = { scenario: SILENT_THEN_BEATING, client };
    expect(await findingOf('heartbeats_do_not_fool', options)).toMatchObject({ verdict: 'warn' });
  });

  test.each([
    ['an idle timer that only events start anew', streaming({ eventIdleMs: 2_000 }), 'pass'],
    ['a timeout for the whole attempt', streaming({ timeoutMs: 10_000 }), 'pass'],
    ['both', streaming({ eventIdleMs: 3_000, timeoutMs: 20_000 }, 2), 'pass'],
    ['no timeout at all', streaming({}), 'info'],
  ])('leaves %s alone', async (_what, client, verdict) => {
    expect(await findingOf('heartbeats_do_not_fool', { scenario: SILENT_THEN_BEATING, client })).toMatchObject({ verdict });
  });

  test('says nothing of a stream that comes after its signs of life, and of a silent one', async () => {
    const beating: ScenarioInput = { rules: [{ fault: { latency: { for: '10s', heartbeat: {} } } }] };
    expect(await findingOf('heartbeats_do_not_fool', { scenario: beating, client: streaming({ idleMs: 2_000 }) })).toMatchObject({
      verdict: 'not_applicable',
    });
    const silent: ScenarioInput = { rules: [{ fault: 'stalled_stream' }] };
    expect(await findingOf('heartbeats_do_not_fool', { scenario: silent, client: streaming({ idleMs: 2_000 }) })).toMatchObject({
      verdict: 'not_applicable',
    });
  });

  test('does not accuse where nobody watched for long enough', async () => {
    const options = { scenario: SILENT_THEN_BEATING, client: streaming({ idleMs: 2_000 }), untilMs: 4_500 };
    expect(await findingOf('heartbeats_do_not_fool', options)).toMatchObject({ verdict: 'inconclusive' });
  });

  test('leaves streams with signs of life out of what it says of silent ones', async () => {
    const scenario: ScenarioInput = { rules: [{ fault: { stalled_stream: { heartbeat: { every: '500ms' } } } }] };
    expect(await findingOf('stalled_stream_noticed', { scenario, client: streaming({ eventIdleMs: 2_000 }) })).toMatchObject({
      verdict: 'not_applicable',
    });
  });
});

describe('bears_long_pauses', () => {
  const pausing: ScenarioInput = { rules: [{ attempts: 1, fault: { stalled_stream: { for: '8s' } } }] };
  const thinking: ScenarioInput = { rules: [{ attempts: 1, fault: { latency: { for: '8s', head: 'early' } } }] };
  const policy = { max_pause: '8s' } as const;

  const IMPATIENT = [
    ['an idle timer that is too short', streaming({ idleMs: 5_000 })],
    ['a timeout for the whole attempt that is too short', streaming({ timeoutMs: 4_000 })],
    ['the same, with a retry that succeeds', streaming({ eventIdleMs: 3_000 }, 2)],
  ] as const;

  test.each(IMPATIENT)('tells of %s, and fails it where the pause is declared', async (_what, client) => {
    for (const scenario of [pausing, thinking]) {
      expect(await findingOf('bears_long_pauses', { scenario, client })).toMatchObject({ verdict: 'info' });
      expect(await findingOf('bears_long_pauses', { scenario, client, policy })).toMatchObject({ verdict: 'fail' });
    }
  });

  test.each([
    ['no timeout', streaming({})],
    ['an idle timer that is long enough', streaming({ idleMs: 9_000 })],
    ['a timeout for the whole attempt that is long enough', streaming({ timeoutMs: 30_000 }, 2)],
  ] as const)('passes %s', async (_what, client) => {
    for (const scenario of [pausing, thinking]) {
      expect(await findingOf('bears_long_pauses', { scenario, client, policy })).toMatchObject({ verdict: 'pass' });
      expect(await findingOf('bears_long_pauses', { scenario, client })).toMatchObject({ verdict: 'pass' });
    }
  });

  test('a pause beyond the declared one may be left, and proves nothing', async () => {
    const [, client] = IMPATIENT[0];
    const finding = await findingOf('bears_long_pauses', { scenario: pausing, client, policy: { max_pause: '6s' } });
    expect(finding).toMatchObject({ verdict: 'inconclusive' });
  });

  test('a stream that is slow all the time, or never goes on, is no pause', async () => {
    for (const fault of ['stalled_stream', { slow_stream: { inter_token: '1s' } }] as const) {
      const options = { scenario: { rules: [{ fault }] }, client: streaming({ timeoutMs: 5_000 }), policy };
      expect(await findingOf('bears_long_pauses', options)).toMatchObject({ verdict: 'not_applicable' });
    }
  });
});
