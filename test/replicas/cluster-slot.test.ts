import { expect, onTestFinished, test } from 'vitest';
import { keysOf, PREFIX } from '../../src/replicas/shared-log.ts';
import { startInProcess } from '../support/replicas/start-replicas.ts';
import { NEEDS_STORE, STORE_PROGRAM, startStore } from '../support/replicas/start-store.ts';
import { postChat } from '../support/start-mock.ts';

test.skipIf(STORE_PROGRAM === undefined)(
  `the keys of a mock are in one slot of a cluster, whose only node serves it${NEEDS_STORE}`,
  async () => {
    const store = await startStore('--cluster-enabled', 'yes');
    onTestFinished(() => store.remove());
    await store.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await expect.poll(() => store.command('CLUSTER', 'INFO')).toContain('cluster_state:ok');
    const slots = await Promise.all(keysOf(PREFIX).map((key) => store.command('CLUSTER', 'KEYSLOT', key)));
    expect(new Set(slots).size).toBe(1);
    const source = { file: 'scenario', text: 'rules: [ { every: 2, fault: overloaded } ]' };
    const replicas = [await startInProcess(store.url, { source }), await startInProcess(store.url, { source })];
    for (const replica of replicas) onTestFinished(() => replica.close(0));
    const statuses: number[] = [];
    for (const { origin } of [...replicas, ...replicas]) {
      const response = await postChat(
        { baseURL: `${origin}/v1`, apiKey: 'sk-x' },
        { messages: [{ role: 'user', content: 'Hello' }] },
      );
      await response.text();
      statuses.push(response.status);
    }
    expect(statuses).toEqual([200, 503, 200, 503]);
  },
);
