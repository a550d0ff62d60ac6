import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { type ReplicaOptions, startReplica } from '../../../src/replicas/start-replica.ts';
import type { MockServer } from '../../../src/server/start.ts';
import { startBalancer } from './start-balancer.ts';
import { STORE_PROGRAM, type Store, startStore } from './start-store.ts';

/** Replicas of one mock, and ways to use them. */
export interface Replicas {
  readonly store: Store;
  /** What they said on stderr. */
  readonly said: string[];
  /** Where each of them listens. */
  readonly origins: readonly string[];
  /** Of a balancer before them. */
  readonly baseURL: string;
  readonly apiKey: string;
  /** A request to the admin API of a replica; the answer as JSON. */
  admin<T = Record<string, never>>(path: string, init?: RequestInit, replica?: number): Promise<T>;
  /** One more. */
  add(): Promise<MockServer>;
}

/** Starts a replica in this process. */
export function startInProcess(store: string, options: Partial<ReplicaOptions> = {}): Promise<MockServer> {
  return startReplica({
    store,
    version: 'test',
    host: '127.0.0.1',
    port: 0,
    onWarning: () => undefined,
    onLost: () => undefined,
    ...options,
  });
}

/** So many replicas at a store of their own, for all tests of a file. Returns what puts them under the scenario of a test. */
export function sharedReplicas(count: number): (scenario: string) => Promise<Replicas> {
  let shared: Replicas | undefined;
  const ends: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    if (STORE_PROGRAM === undefined) return;
    const store = await startStore();
    ends.push(() => store.remove());
    const said: string[] = [];
    const start = () => startInProcess(store.url, { onWarning: (message) => said.push(message) });
    const servers: MockServer[] = [];
    for (let n = 0; n < count; n++) {
      const server = await start();
      servers.push(server);
      ends.unshift(() => server.close(0));
    }
    const origins = servers.map(({ origin }) => origin);
    const balancer = await startBalancer(origins);
    ends.unshift(async () => balancer.close());
    shared = {
      store,
      said,
      origins,
      baseURL: `${balancer.origin}/v1`,
      apiKey: 'sk-test-0123456789',
      async admin(path, init, replica = 0) {
        const response = await fetch((origins[replica] ?? '') + path, init);
        if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
        return response.json() as never;
      },
      async add() {
        const server = await start();
        onTestFinished(() => server.close(0));
        return server;
      },
    };
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });
  return async (scenario) => {
    if (shared === undefined) throw new Error('the replicas start before the first test');
    await shared.admin('/__admin/sessions', { method: 'DELETE' });
    await shared.admin('/__admin/scenario', { method: 'PUT', body: scenario }, 1);
    await shared.admin('/__admin/reset', { method: 'POST' }, count - 1);
    return shared;
  };
}
