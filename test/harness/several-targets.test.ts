import { expect, test } from 'vitest';
import { backoffRules } from '../../src/core/backoff/registry.ts';
import { policyOf } from '../../src/core/policy/policy-of.ts';
import { type PolicyInput, policySchema } from '../../src/core/policy/policy-schema.ts';
import type { ClientAnswer, ClientTarget } from '../../src/harness/client-call.ts';
import type { Driver } from '../../src/harness/driver.ts';
import { runProbes } from '../../src/harness/run-probes.ts';
import { startServer } from '../../src/server/start.ts';

type Call = Parameters<Driver['start']>[0];

/** Asks one target. A connection that breaks, as a kept one may on a busy machine, is a failure of the target like a 503. */
async function ask({ baseURL, apiKey, model }: ClientTarget, { prompt }: Call): Promise<Response> {
  const request = {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: prompt }] }),
  };
  try {
    const response = await fetch(`${baseURL}/chat/completions`, request);
    await response.text();
    return response;
  } catch {
    return new Response(null, { status: 503 });
  }
}

const targetsOf = ({ targets, baseURL, apiKey }: Call): readonly ClientTarget[] =>
  targets ?? [{ baseURL, apiKey, model: 'gpt-4o' }];

/** Goes on at the next target after a 429 or 5xx, with a breaker for each target, and leaves limited keys alone. */
function careful(): (call: Call) => Promise<ClientAnswer> {
  const states = new Map<string, { heldUntil: number; failures: number; probing: boolean }>();
  const stateOf = ({ baseURL, apiKey }: ClientTarget) => {
    const name = `${new URL(baseURL).pathname.split('/')[2]} ${apiKey}`;
    const state = states.get(name) ?? { heldUntil: 0, failures: 0, probing: false };
    states.set(name, state);
    return state;
  };
  return async (call) => {
    for (const target of targetsOf(call)) {
      const state = stateOf(target);
      if (state.heldUntil > performance.now() || state.probing) continue;
      state.probing = state.heldUntil > 0;
      const response = await ask(target, call);
      state.probing = false;
      if (response.ok) {
        Object.assign(state, { heldUntil: 0, failures: 0 });
        return { ok: true };
      }
      if (response.status < 429) return { ok: false };
      state.failures += 1;
      if (response.status === 429) state.heldUntil = performance.now() + 50 + 1_000 * Number(response.headers.get('retry-after'));
      else if (state.failures >= 5) state.heldUntil = performance.now() + 5_200;
    }
    return { ok: false };
  };
}

/** Asks all targets in turn, whatever they say, and never leaves one alone; a 429 takes the whole provider out. */
function careless(): (call: Call) => Promise<ClientAnswer> {
  const givenUp = new Set<string>();
  return async (call) => {
    for (const target of targetsOf(call)) {
      const [, , session = ''] = new URL(target.baseURL).pathname.split('/');
      if (givenUp.has(session)) continue;
      const response = await ask(target, call);
      if (response.ok) return { ok: true };
      if (response.status === 429 && target.apiKey.includes('-b-') === false) givenUp.add(session);
    }
    return { ok: false };
  };
}

function driverOf(client: (call: Call) => Promise<ClientAnswer>, takesTargets: boolean): Driver {
  return {
    stalls: [],
    takesTargets,
    start: (call) => ({
      process: 'p1',
      answer: client(call).catch((error: unknown) => ({ ok: false, error: String(error) })),
      abort: async () => undefined,
    }),
    close: async () => undefined,
    kill: () => undefined,
  };
}

const OF_TARGETS = backoffRules.filter(({ targetsProbe }) => targetsProbe !== undefined);

/** Closes as its block ends: a test that runs beside others has no hooks of its own. */
async function startedServer() {
  const server = await startServer({ source: { file: 'probe', data: { name: 'probe' } }, host: '127.0.0.1', port: 0 });
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close(0) });
}

async function found(client: (call: Call) => Promise<ClientAnswer>, takesTargets = true, policy: PolicyInput = {}) {
  await using server = await startedServer();
  const { signal } = new AbortController();
  const rules = OF_TARGETS;
  const options = { policy: policyOf(policySchema.parse(policy)), seed: 1, full: false, named: true, signal };
  const { verdict } = await runProbes({ ...options, server, driver: driverOf(client, takesTargets), rules });
  return Object.fromEntries(
    verdict.findings.map(({ rule, verdict, explain, evidence }) => [rule, { verdict, explain, evidence }]),
  );
}

test.concurrent('a client that takes several targets, and is careful with them, passes', {
  timeout: 90_000,
}, async () => {
  const findings = await found(careful());
  const accused = Object.entries(findings).filter(([, { verdict }]) => verdict === 'fail' || verdict === 'warn');
  expect(accused).toEqual([]);
  // What the others need, a busy machine may not let happen.
  for (const rule of ['fails_over', 'no_failover_on_bad_request', 'neutral_429'])
    expect(findings[rule], JSON.stringify(findings[rule])).toMatchObject({ verdict: 'pass' });
  expect(findings['fails_over']?.explain).toContain('went on with backup');
});

test.concurrent('one that is careless is told of what it does', { timeout: 90_000 }, async () => {
  const findings = await found(careless(), true, { breaker: { after: 5, for: '5s' } });
  expect(findings, JSON.stringify(findings['fails_over'])).toMatchObject({
    fails_over: { verdict: 'pass' },
    no_failover_on_bad_request: { verdict: 'warn' },
    breaker_opens: { verdict: 'fail' },
  });
});

test.concurrent('one that uses the first of its targets alone does not fail over', { timeout: 90_000 }, async () => {
  const first = async (call: Call): Promise<ClientAnswer> => {
    const [target] = targetsOf(call);
    return { ok: target !== undefined && (await ask(target, call)).ok };
  };
  const findings = await found(first, true, { fails_over: true });
  expect(findings['fails_over']?.verdict).toBe('fail');
});

test.concurrent('one that takes one target is asked nothing of several', { timeout: 90_000 }, async () => {
  const findings = await found(careless(), false);
  for (const { id } of OF_TARGETS.filter((rule) => rule.id !== 'cools_down_key'))
    expect(findings[id]).toMatchObject({
      verdict: 'not_applicable',
      explain: 'the client has one target; a module with `export const targets = true` is given several',
    });
});
