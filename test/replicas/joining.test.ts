import { expect, onTestFinished, test } from 'vitest';
import { connectToStore } from '../../src/replicas/connect-to-store.ts';
import { PREFIX, SharedLog } from '../../src/replicas/shared-log.ts';
import { StoreLink } from '../../src/replicas/store-link.ts';
import { startInProcess } from '../support/replicas/start-replicas.ts';
import { NEEDS_STORE, STORE_PROGRAM, startStore } from '../support/replicas/start-store.ts';

test.skipIf(STORE_PROGRAM === undefined)(
  `a replica that joins answers nothing that was asked before it came${NEEDS_STORE}`,
  async () => {
    const store = await startStore();
    onTestFinished(() => store.remove());
    const first = await startInProcess(store.url);
    onTestFinished(() => first.close(0));
    // Each asks all replicas what they know.
    for (let look = 0; look < 3; look++) await (await fetch(`${first.origin}/__admin/journal`)).json();
    const link = new StoreLink(await connectToStore(store.url));
    onTestFinished(() => link.end());
    const log = new SharedLog(link, PREFIX);
    const before = await log.after(0, 'at once');
    const own = new Set(before.map(({ replica }) => replica));
    const second = await startInProcess(store.url);
    onTestFinished(() => second.close(0));
    // What it has to say is written before this is answered.
    await (await fetch(`${second.origin}/__admin/journal`)).json();
    const said = (await log.after(before.length, 'at once')).filter(({ replica }) => !own.has(replica));
    const pongs = said.flatMap((entry) => entry.messages() ?? []).filter(({ kind }) => kind === 'pong');
    expect(said.length).toBeGreaterThan(0);
    expect(pongs).toEqual([]);
  },
);
