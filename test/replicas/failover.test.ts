import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { MockServer } from '../../src/server/start.ts';
import { startInProcess } from '../support/replicas/start-replicas.ts';
import { NEEDS_STORE, STORE_PROGRAM, type Store, startStore } from '../support/replicas/start-store.ts';
import { postChat } from '../support/start-mock.ts';

const STATE = 'mock-openai:{world}:state';
const portOf = ({ url }: Store) => Number(new URL(url).port);

/** One address, behind which another store may take over. */
async function address(first: Store): Promise<{ readonly url: string; leadTo(store: Store): void }> {
  let target = portOf(first);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const store = connect({ host: '127.0.0.1', port: target });
    for (const [one, other] of [
      [client, store],
      [store, client],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const bound = server.address();
  return {
    url: `redis://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`,
    leadTo(store) {
      target = portOf(store);
      for (const socket of sockets) socket.destroy();
    },
  };
}

interface World {
  readonly primary: Store;
  readonly standby: Store;
  readonly servers: readonly MockServer[];
  readonly lost: string[];
  /** The store takes over that has followed the other. */
  failOver(): Promise<void>;
}

async function world(): Promise<World> {
  const [primary, standby] = [await startStore(), await startStore()];
  for (const store of [primary, standby]) onTestFinished(() => store.remove());
  await standby.command('REPLICAOF', '127.0.0.1', String(portOf(primary)));
  await expect.poll(() => standby.command('INFO', 'replication'), { timeout: 15_000 }).toContain('master_link_status:up');
  const { url, leadTo } = await address(primary);
  const lost: string[] = [];
  const source = { file: 'scenario', text: 'rules: [ { every: 3, fault: server_error } ]' };
  const start = () => startInProcess(url, { source, onLost: (message) => lost.push(message) });
  const servers = [await start(), await start()];
  for (const server of servers) onTestFinished(() => server.close(0));
  return {
    primary,
    standby,
    servers,
    lost,
    async failOver() {
      await primary.kill();
      await standby.command('REPLICAOF', 'NO', 'ONE');
      leadTo(standby);
    },
  };
}

/** Statuses of requests one after the other, to one replica after the other; 503: the store does not answer. */
async function statuses({ servers }: World, count: number): Promise<number[]> {
  const told: number[] = [];
  for (let n = 0; n < count; n++) {
    const server = servers[n % servers.length] as MockServer;
    const body = { messages: [{ role: 'user', content: `${n}` }] };
    const response = await postChat({ baseURL: `${server.origin}/v1`, apiKey: 'sk-x' }, body);
    await response.text();
    told.push(response.status);
  }
  return told;
}

describe.skipIf(STORE_PROGRAM === undefined)(`a store that follows another takes over${NEEDS_STORE}`, () => {
  test('and has all that was decided: the replicas go on where they were', { timeout: 40_000 }, async () => {
    const at = await world();
    expect(await statuses(at, 4)).toEqual([200, 200, 500, 200]);
    const known = () => at.primary.command('HGET', STATE, 'n');
    await expect.poll(async () => (await at.standby.command('HGET', STATE, 'n')) === (await known())).toBe(true);
    await at.failOver();
    let next = 503;
    while (next === 503) [next = 503] = await statuses(at, 1);
    expect([next, ...(await statuses(at, 4))]).toEqual([200, 500, 200, 200, 500]);
    expect(at.lost).toEqual([]);
  });

  test('and lacks the last of it: those who know more say so', { timeout: 40_000 }, async () => {
    const at = await world();
    expect(await statuses(at, 2)).toEqual([200, 200]);
    await expect.poll(async () => (await at.standby.command('HGET', STATE, 'n')) !== '').toBe(true);
    // It hears no more.
    await at.standby.command('REPLICAOF', 'NO', 'ONE');
    expect(await statuses(at, 4)).toEqual([500, 200, 200, 500]);
    await at.failOver();
    await expect
      .poll(() => at.lost, { timeout: 15_000 })
      .toContainEqual(expect.stringContaining('the store has lost a part of what was decided'));
  });
});
