import OpenAI from 'openai';
import { expect, test } from 'vitest';
import type { Call } from '../../../src/core/journal/calls.ts';
import type { JournalEntry } from '../../../src/core/journal/entry.ts';
import { postChat, startMock } from '../start-mock.ts';
import type { Workers } from '../start-workers.ts';

type Server = { readonly baseURL: string; readonly apiKey: string };

/** One process that serves; asked with the same key, for draws go by what is asked. */
async function startAlone(scenario: string | object): Promise<Server> {
  const { baseURL } = await startMock(scenario);
  return { baseURL, apiKey: 'sk-test-0123456789' };
}

/** The status of one request, its answer read to the end. */
async function statusOf(server: Server, content = 'Hello', headers: Record<string, string> = {}): Promise<number> {
  const response = await postChat(server, { messages: [{ role: 'user', content }] }, headers);
  await response.text();
  return response.status;
}

/** The statuses of so many requests, a few of which are always under way at the same time, each on its own connection. */
async function statuses(server: Server, count: number, contentOf = (_i: number) => 'Hello'): Promise<number[]> {
  const found: number[] = [];
  let next = 0;
  const caller = async () => {
    while (next < count) {
      const i = next++;
      found[i] = await statusOf(server, contentOf(i));
    }
  };
  await Promise.all(Array.from({ length: 8 }, caller));
  return found;
}

function tally(values: readonly (number | string)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

interface ToldLimits {
  readonly levels: readonly { readonly accounts: readonly object[] }[];
  readonly capacity: { readonly burst: { readonly used: number } };
}

/** What it is to be one mock. `under` puts several processes, among which connections are dealt out, under a scenario. */
export function decidesAsOneProcess(under: (scenario: string) => Promise<Pick<Workers, 'baseURL' | 'apiKey' | 'admin'>>): void {
  test.each([
    ['first: 5, fault: overloaded', { 200: 55, 503: 5 }],
    ['after: 50, fault: overloaded', { 200: 50, 503: 10 }],
    ['every: 3, fault: overloaded', { 200: 40, 503: 20 }],
    ['every: 2, times: 7, fault: overloaded', { 200: 53, 503: 7 }],
    ['sequence: [overloaded, server_error, ok, bad_gateway]', { 200: 57, 500: 1, 502: 1, 503: 1 }],
    ['sequence: [overloaded, ok], repeat: true, per: model', { 200: 30, 503: 30 }],
  ])('{ %s } strikes as often as in one process', async (rule, expected) => {
    const server = await under(`rules: [ { ${rule} } ]`);
    expect(tally(await statuses(server, 60))).toEqual(expected);
  });

  test('as many are served at once over all processes as may be, and places that are given back are there for all', async () => {
    const server = await under('limits: { gpt-4o: { in_flight: 5 } }\nlatency: { ttft: 400ms }');
    for (let round = 0; round < 2; round++) {
      const found = await Promise.all(Array.from({ length: 12 }, (_, n) => statusOf(server, `${round} ${n}`)));
      expect(tally(found)).toEqual({ 200: 5, 429: 7 });
    }
    await server.admin('/__admin/limits', { method: 'POST', body: '{"gpt-4o": {"in_flight": 2}}' });
    expect(tally(await Promise.all(Array.from({ length: 6 }, (_, n) => statusOf(server, `less ${n}`))))).toEqual({
      200: 2,
      429: 4,
    });
  });

  test('a fixed window lets through exactly its limit, and what it becomes less what was used', async () => {
    const server = await under('limits: { gpt-4o: { rpm: 20, window: fixed } }');
    expect(tally(await statuses(server, 30))).toEqual({ 200: 20, 429: 10 });
    await server.admin('/__admin/limits', { method: 'POST', body: '{"gpt-4o": {"rpm": 25}}' });
    expect(tally(await statuses(server, 30))).toEqual({ 200: 5, 429: 25 });
  });

  test('limits let through exactly what they have, and any process tells what is left', async () => {
    const server = await under('limits: { gpt-4o: { rpd: 40, window: fixed } }\ncapacity: { rate: 1/m, burst: 100, queue: 0 }');
    const told = () => server.admin<ToldLimits>('/__admin/limits');
    expect(tally(await statuses(server, 30))).toEqual({ 200: 30 });
    for (let asked = 0; asked < 3; asked++)
      expect((await told()).levels[0]?.accounts).toMatchObject([{ model: 'gpt-4o', requests_per_day: { used: 30, left: 10 } }]);
    expect((await told()).capacity.burst.used).toBe(30);
    expect(tally(await statuses(server, 30))).toEqual({ 200: 10, 429: 20 });
    expect((await told()).levels[0]?.accounts).toMatchObject([{ requests_per_day: { used: 40, left: 0 } }]);
  });

  test('what faults keep from the limits goes back into the buckets', async () => {
    const server = await under('limits: { gpt-4o: { rpd: 10 } }\nrules: [ { every: 2, fault: bad_gateway } ]');
    const found = tally(await statuses(server, 60));
    expect(found).toEqual({ 200: 10, 429: 20, 502: 30 });
  });

  test('a service with room for so many serves so many, and those that a fault delays ask for room when it is over', async () => {
    const server = await under('capacity: { rate: 1/m, burst: 9, queue: 0 }\nrules: [ { every: 3, fault: { latency: 50ms } } ]');
    expect(tally(await statuses(server, 30))).toEqual({ 200: 9, 503: 21 });
    const { entries } = await server.admin<{ entries: JournalEntry[] }>('/__admin/journal');
    expect(tally(entries.map(({ refusedBy }) => String(refusedBy)))).toEqual({ api: 21, null: 9 });
  });

  test('draws by probability are those of one process with the same seed', async () => {
    const scenario = 'seed: 11\nrules: [ { probability: 0.4, one_of: { server_error: 2, overloaded: 1 } } ]';
    const contentOf = (i: number) => `Request ${i}`;
    const alone = await statuses(await startAlone(scenario), 60, contentOf);
    expect(Object.keys(tally(alone))).toEqual(['200', '500', '503']);
    expect(await statuses(await under(scenario), 60, contentOf)).toEqual(alone);
  });

  test('texts and ids of answers are those of one process with the same seed', async () => {
    const mock = await startAlone({});
    const server = await under('{}');
    const answerOf = async (from: Server, content: string) => {
      const response = await postChat(from, { messages: [{ role: 'user', content }] });
      const { id, choices, usage } = (await response.json()) as OpenAI.ChatCompletion;
      // The beginning of an id tells the second in which it was made.
      return { requestId: response.headers.get('x-request-id'), drawn: id.slice(-24), choices, usage };
    };
    for (const content of ['one', 'two', 'three']) expect(await answerOf(server, content)).toEqual(await answerOf(mock, content));
  });

  test('retries of an SDK are attempts of their calls, whichever process they come to', async () => {
    const server = await under('rules: [ { attempts: 1..2, fault: { overloaded: { retry_after_ms: 1 } } } ]');
    const client = new OpenAI({ baseURL: server.baseURL, apiKey: server.apiKey, maxRetries: 3 });
    const calls = Array.from({ length: 20 }, (_, i) =>
      client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: `Call ${i}` }] }),
    );
    await Promise.all(calls);
    const { entries } = await server.admin<{ entries: JournalEntry[] }>('/__admin/journal');
    const [{ seq: first = 0 } = {}] = entries;
    expect(entries.map(({ seq }) => seq - first)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect(tally(entries.map(({ certainty, logicalIdFrom }) => `${certainty} ${logicalIdFrom}`))).toEqual({
      'exact first': 20,
      'exact retry-count': 40,
    });
    expect(entries.every(({ bodyShaCanonical, t_end }) => bodyShaCanonical !== null && t_end !== null)).toBe(true);
    const { calls: seen } = await server.admin<{ calls: Call[] }>('/__admin/calls');
    expect(seen.map(({ attempts }) => attempts.map(({ status }) => status))).toEqual(Array(20).fill([503, 503, 200]));
  });
}
