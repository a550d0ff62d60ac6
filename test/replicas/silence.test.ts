import { describe, expect, onTestFinished, test } from 'vitest';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import type { MockServer } from '../../src/server/start.ts';
import { startInProcess } from '../support/replicas/start-replicas.ts';
import { NEEDS_STORE, STORE_PROGRAM, type Store, startStore } from '../support/replicas/start-store.ts';
import { postChat } from '../support/start-mock.ts';

const SCENARIO = 'rules: [ { first: 4, fault: server_error } ]';

interface World {
  readonly store: Store;
  readonly servers: readonly MockServer[];
  readonly said: string[];
  readonly lost: string[];
}

async function twoReplicas(text = SCENARIO): Promise<World> {
  const store = await startStore();
  onTestFinished(() => store.remove());
  const said: string[] = [];
  const lost: string[] = [];
  const start = () =>
    startInProcess(store.url, {
      source: { file: 'scenario', text },
      onWarning: (message) => said.push(message),
      onLost: (message) => lost.push(message),
    });
  const servers = [await start(), await start()];
  for (const server of servers) onTestFinished(() => server.close(0));
  return { store, servers, said, lost };
}

function ask({ origin }: MockServer, content: string): Promise<Response> {
  return postChat({ baseURL: `${origin}/v1`, apiKey: 'sk-x' }, { messages: [{ role: 'user', content }] });
}

/** What each of so many requests was told, one after the other, round robin: a status, or `refused` by a problem of ours. */
async function answers({ servers }: World, count: number, name: string): Promise<(number | 'refused')[]> {
  const told = Array.from({ length: count }, async (_, n) => {
    const response = await ask(servers[n % servers.length] as MockServer, `${name} ${n}`);
    const text = await response.text();
    if (response.headers.get('content-type') !== 'application/problem+json') return response.status;
    expect(JSON.parse(text)).toMatchObject({ status: 503, title: 'The store of the mock does not answer.' });
    return 'refused' as const;
  });
  return Promise.all(told);
}

async function journalOf({ origin }: MockServer): Promise<JournalEntry[]> {
  const response = await fetch(`${origin}/__admin/journal`);
  return ((await response.json()) as { entries: JournalEntry[] }).entries;
}

describe.skipIf(STORE_PROGRAM === undefined)(`a store that does not answer${NEEDS_STORE}`, () => {
  test('has requests refused while it stands still, and counts none of them when it goes on', async () => {
    const world = await twoReplicas();
    expect(await answers(world, 2, 'before')).toEqual([500, 500]);
    // Nothing else is on its way: the store has the questions in its hands while it stands still.
    for (const server of world.servers) await journalOf(server);
    world.store.pause();
    expect(await answers(world, 6, 'during')).toEqual(Array(6).fill('refused'));
    world.store.goOn();
    expect((await answers(world, 4, 'after')).sort()).toEqual([200, 200, 500, 500]);
    for (const server of world.servers) expect((await journalOf(server)).length).toBe(6);
    const [first] = world.servers;
    const verdict = async () =>
      (await (await fetch(`${first?.origin}/__admin/verdict`)).json()) as { downtimes?: { rule: string }[] };
    await expect
      .poll(async () => (await verdict()).downtimes?.map(({ rule }) => rule).sort())
      .toEqual([
        'the store did not answer, and 3 requests were refused',
        'the store did not answer, and 3 requests were refused',
      ]);
  });

  test('is gone, and is back with what it had written: nothing is lost and nothing counted twice', async () => {
    const world = await twoReplicas();
    expect(await answers(world, 2, 'before')).toEqual([500, 500]);
    await world.store.kill();
    expect(await answers(world, 4, 'during')).toEqual(Array(4).fill('refused'));
    expect(world.said.filter((line) => line.includes('the store does not answer')).length).toBe(2);
    await world.store.restart();
    await expect.poll(() => world.said.filter((line) => line === 'the store answers again').length).toBe(2);
    expect((await answers(world, 4, 'after')).sort()).toEqual([200, 200, 500, 500]);
    expect(world.lost).toEqual([]);
  });

  test('answers the admin API with a problem as long as it is silent, but for the health of a replica', async () => {
    const world = await twoReplicas();
    world.store.pause();
    const [server] = world.servers;
    expect((await fetch(`${server?.origin}/__admin/health`)).status).toBe(200);
    const reset = await fetch(`${server?.origin}/__admin/reset`, { method: 'POST' });
    expect([reset.status, await reset.json()]).toMatchObject([503, { title: 'The store of the mock does not answer.' }]);
    world.store.goOn();
  });

  test('was emptied: its replicas say so and end', async () => {
    const world = await twoReplicas();
    expect(await answers(world, 2, 'before')).toEqual([500, 500]);
    await world.store.command('FLUSHALL');
    await expect.poll(() => world.lost.length).toBe(2);
    expect(world.lost[0]).toContain('the store has lost what was decided');
  });

  test('has lost the last of what was decided, as after a failover: a replica that knows more ends', async () => {
    const world = await twoReplicas();
    expect(await answers(world, 2, 'before')).toEqual([500, 500]);
    await world.store.command('HINCRBY', 'mock-openai:{world}:state', 'n', '-1000');
    await expect.poll(() => world.lost).toContainEqual(expect.stringContaining('the store has lost a part of what was decided'));
  });

  test('has no room any more: requests are refused, loudly, until it has', async () => {
    const world = await twoReplicas();
    expect(await answers(world, 2, 'before')).toEqual([500, 500]);
    await world.store.command('CONFIG', 'SET', 'maxmemory', '1');
    expect(await answers(world, 2, 'during')).toEqual(['refused', 'refused']);
    expect(world.said.join('\n')).toContain('OOM');
    await world.store.command('CONFIG', 'SET', 'maxmemory', '0');
    await expect.poll(async () => (await ask(world.servers[0] as MockServer, 'back')).status).not.toBe(503);
    expect(world.lost).toEqual([]);
  });
});

test.skipIf(STORE_PROGRAM === undefined)(
  'a replica with another scenario, or of another version, is refused while others live',
  async () => {
    const { store } = await twoReplicas();
    await expect(startInProcess(store.url, { source: { file: 'scenario', text: 'rules: []' } })).rejects.toThrow(
      'started with another scenario or seed',
    );
    await expect(startInProcess(store.url, { version: 'older', source: { file: 'scenario', text: SCENARIO } })).rejects.toThrow(
      'are of another version',
    );
  },
);

test('a store that is not there is one sentence', async () => {
  await expect(startInProcess('redis://:secret@127.0.0.1:9/3')).rejects.toThrow(
    /^the store at redis:\/\/127\.0\.0\.1:9\/3 cannot be reached: /,
  );
  await expect(startInProcess('http://127.0.0.1')).rejects.toThrow('--store takes the URL of a Redis or a Valkey');
});
