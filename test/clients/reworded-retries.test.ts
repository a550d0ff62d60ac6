import { expect, test } from 'vitest';
import { type VirtualClient, virtualWorld, type WorldOptions } from '../support/virtual-world.ts';

/** Asks the same until it is answered, each time in a body that differs by a member that is no part of the question. */
const rewording =
  (waitMs: number, member: 'metadata' | 'seed' | 'temperature', attempts = 3): VirtualClient =>
  async ({ request, sleep }) => {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const value = member === 'metadata' ? { attempt: String(attempt) } : attempt / 100;
      const { status, text } = await request({ body: { [member]: member === 'seed' ? attempt : value } });
      if (status === 200) return text;
      await sleep(waitMs);
    }
    throw new Error('gave up');
  };

const RATE_LIMIT = { rate_limit: { retry_after: '2s' } };
const always = (fault: object | string) => ({ rules: [{ fault }] }) as WorldOptions['scenario'];

test.each([
  ['metadata', {}],
  ['seed', {}],
  ['temperature', {}],
  ['seed', { calls: 'unique' }],
] as const)(
  'a client that waits, and changes its %s for a retry, is accused of nothing, with the policy %o',
  async (member, policy) => {
    const { accused } = await virtualWorld({
      policy,
      calls: 3,
      named: false,
      scenario: always(RATE_LIMIT),
      client: rewording(2_020, member),
    });
    expect(accused).toEqual({ fail: [], warn: [] });
  },
);

test.each([
  ['comes early', RATE_LIMIT, 100, 3, 'never_early'],
  ['never gives up', 'overloaded', 5, 40, 'bounded_attempts'],
] as const)('one that %s, and changes its body each time, does not pass', async (_what, fault, waitMs, attempts, rule) => {
  const { verdict } = await virtualWorld({
    calls: 3,
    named: false,
    scenario: always(fault),
    client: rewording(waitMs, 'seed', attempts),
  });
  expect(verdict.verdict).toBe('inconclusive');
  expect(verdict.findings.find((finding) => finding.rule === rule)).toMatchObject({
    verdict: 'inconclusive',
    explain: expect.stringContaining('/c/<test>/v1'),
  });
});

test('requests that differ by more than that are calls of their own', async () => {
  const client: VirtualClient = async ({ request, prompt }) => {
    for (const turn of ['first', 'second', 'third'])
      await request({ body: { messages: [{ role: 'user', content: `${prompt} ${turn}` }] } });
    throw new Error('gave up');
  };
  const { accused } = await virtualWorld({ calls: 3, named: false, scenario: always('overloaded'), client });
  expect(accused.warn).toContain('retries_transient');
});

test('a client that is seen to retry with the same body makes another call when it asks the same otherwise', async () => {
  const client: VirtualClient = async ({ request, sleep }) => {
    for (const seed of [1, 1, 2, 2]) {
      await request({ body: { seed } });
      await sleep(500);
    }
    throw new Error('gave up');
  };
  const { verdict } = await virtualWorld({ calls: 1, named: false, scenario: always('overloaded'), client });
  expect([verdict.calls, verdict.correlation.ambiguous]).toEqual([2, 0]);
});
