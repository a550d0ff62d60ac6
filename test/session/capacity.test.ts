import { expect, test } from 'vitest';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import type { ScenarioInput } from '../../src/core/scenario/schema.ts';
import { type VirtualClient, virtualWorld, type World } from '../support/virtual-world.ts';

/** Asks once. */
const once: VirtualClient = async ({ request }) => (await request()).text;

const CAPACITY = { rate: '10/s', burst: 1, queue: 2, service_time: '50ms', refusal_cost: 0 } as const;

/** Five calls at once under the scenario. */
const five = (scenario: ScenarioInput): Promise<World> => virtualWorld({ scenario, client: once, calls: 5, staggerMs: 0 });
const answered = ({ t_headers, t_firstByteBefore }: JournalEntry) => Math.round((t_firstByteBefore ?? Number.NaN) - t_headers);

test('serves what it can, lets some wait, refuses the others as OpenAI does', async () => {
  const { session, verdict } = await five({ capacity: CAPACITY });
  const entries = session.journal();
  expect(entries.map(({ status, errorCode, refusedBy, queuedMs }) => [status, errorCode, refusedBy, queuedMs])).toEqual([
    [200, null, null, 0],
    [200, null, null, 100],
    [200, null, null, 200],
    [503, 'server_is_overloaded', 'api', null],
    [503, 'server_is_overloaded', 'api', null],
  ]);
  expect(entries.map(answered)).toEqual([50, 150, 250, 0, 0]);
  expect(verdict.exercised).toBe(true);
  expect(verdict.notReached).toEqual([]);
});

test('refuses with 429 slow_down where the scenario says so', async () => {
  const { session } = await five({ capacity: { ...CAPACITY, status: 429, queue: 0 } });
  expect(session.journal().at(-1)).toMatchObject({ status: 429, errorCode: 'slow_down' });
});

test('an injected fault uses no capacity', async () => {
  const { session, verdict } = await five({ capacity: CAPACITY, rules: [{ first: 3, fault: 'server_error' }] });
  expect(session.journal().map(({ status }) => status)).toEqual([500, 500, 500, 200, 200]);
  expect(verdict.notReached).toEqual(['capacity']);
});

test('a fault that waits before the answer uses its place after the wait', async () => {
  const { session } = await five({ capacity: CAPACITY, rules: [{ first: 3, fault: { latency: '1s' } }] });
  expect(session.journal().map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
});

test('requests that fail by themselves use no capacity', async () => {
  const careless: VirtualClient = async ({ request }) => (await request({ body: { messages: 'none' } })).text;
  const { session } = await virtualWorld({ scenario: { capacity: CAPACITY }, client: careless, calls: 5, staggerMs: 0 });
  expect(session.journal().map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
});

test('a client that leaves has used its place', async () => {
  const impatient: VirtualClient = async ({ request }) => (await request({ timeoutMs: 20 })).text;
  const { session } = await virtualWorld({ scenario: { capacity: CAPACITY }, client: impatient, calls: 4, staggerMs: 30 });
  const entries = session.journal();
  expect(entries.map(({ closedBy, status }) => closedBy ?? status)).toEqual(['client', 'client', 'client', 503]);
});

test('a session begins anew with its capacity unused', async () => {
  const { session } = await five({ capacity: CAPACITY });
  session.reset();
  expect(session.scenarioUse().rules.map(({ id }) => id)).toEqual(['capacity']);
});
