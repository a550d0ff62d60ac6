import { describe, expect, onTestFinished, test } from 'vitest';
import { connectToStore } from '../../src/replicas/connect-to-store.ts';
import type { ReplicaMessage } from '../../src/replicas/replica-message.ts';
import { LEASE_MS, SharedLog } from '../../src/replicas/shared-log.ts';
import { StoreLink } from '../../src/replicas/store-link.ts';
import { NEEDS_STORE, STORE_PROGRAM, type Store, startStore } from '../support/replicas/start-store.ts';

const BEGIN: ReplicaMessage = { kind: 'begin', source: undefined, seed: 1 };
const JOINING = { protocol: 'p', run: 'run', scenario: 'hash', first: BEGIN };

function said(ping: number): ReplicaMessage[] {
  return [{ kind: 'pong', ping }];
}

async function world(): Promise<{ store: Store; log: SharedLog }> {
  const store = await startStore();
  onTestFinished(() => store.remove());
  const link = new StoreLink(await connectToStore(store.url));
  onTestFinished(() => link.end());
  return { store, log: new SharedLog(link, 'test') };
}

describe.skipIf(STORE_PROGRAM === undefined)(`the log of the replicas${NEEDS_STORE}`, () => {
  test('has what each adds, in one order, numbered without a gap', async () => {
    const { log } = await world();
    expect(await log.join({ ...JOINING, replica: 'a' })).toMatchObject({ run: 'run', n: 1 });
    expect(await log.join({ ...JOINING, run: 'another', replica: 'b' })).toMatchObject({ run: 'run', n: 1 });
    const batch = { run: 'run', until: 0, known: 1 };
    expect(await log.add({ ...batch, replica: 'a', batch: 1 }, said(1))).toBe('ok');
    expect(await log.add({ ...batch, replica: 'b', batch: 1 }, said(2))).toBe('ok');
    await log.takeOut('run', 'b', 'leaves');
    const entries = await log.after(0, 'at once');
    expect(entries.map((entry) => [entry.n, entry.replica, entry.messages()])).toEqual([
      [1, 'a', [BEGIN]],
      [2, 'a', said(1)],
      [3, 'b', said(2)],
      [4, 'b', undefined],
    ]);
    expect(await log.after(4, 'at once')).toEqual([]);
  });

  test('is to the one who added what it is to another', async () => {
    const { store, log } = await world();
    await log.join({ ...JOINING, replica: 'a' });
    const link = new StoreLink(await connectToStore(store.url));
    onTestFinished(() => link.end());
    const other = new SharedLog(link, 'test');
    for (let batch = 1; batch <= 6; batch++) await log.add({ run: 'run', replica: 'a', batch, until: 0, known: 1 }, said(batch));
    const read = async (by: SharedLog) => (await by.after(0, 'at once')).map((entry) => [entry.n, entry.messages()]);
    const told = await read(other);
    expect(told.slice(1)).toEqual([1, 2, 3, 4, 5, 6].map((batch) => [batch + 1, said(batch)]));
    // It has kept some of them in hand, and reads what it has not.
    expect(await read(log)).toEqual(told);
    expect(await read(log)).toEqual(told);
  });

  test('has a batch once, however often it is sent', async () => {
    const { log } = await world();
    await log.join({ ...JOINING, replica: 'a' });
    const batch = { run: 'run', replica: 'a', batch: 1, until: 0, known: 1 };
    expect(await log.add(batch, said(1))).toBe('ok');
    expect(await log.add(batch, said(2))).toBe('known');
    expect((await log.after(1, 'at once')).map((entry) => entry.messages())).toEqual([said(1)]);
  });

  test('takes nothing after its time, and the same batch with what is left of it later', async () => {
    const { log } = await world();
    await log.join({ ...JOINING, replica: 'a' });
    const beat = await log.beat('run', 'a', { n: 0, storeMs: 0 });
    if (typeof beat === 'string') throw new Error(beat);
    const batch = { run: 'run', replica: 'a', batch: 1, known: 1 };
    expect(await log.add({ ...batch, until: beat.storeMs - 1 }, said(1))).toBe('late');
    expect(await log.after(1, 'at once')).toEqual([]);
    expect(await log.add({ ...batch, until: beat.storeMs + 60_000 }, said(2))).toBe('ok');
    expect((await log.after(1, 'at once')).map((entry) => entry.messages())).toEqual([said(2)]);
  });

  test('takes nothing from one that knows another run, more than there is, or that was taken out', async () => {
    const { log } = await world();
    await log.join({ ...JOINING, replica: 'a' });
    const batch = { run: 'run', replica: 'a', batch: 1, until: 0, known: 1 };
    expect(await log.add({ ...batch, run: 'another' }, said(1))).toBe('other run');
    expect(await log.add({ ...batch, known: 2 }, said(1))).toBe('gap');
    await log.takeOut('run', 'a', 'leaves');
    expect(await log.add({ ...batch, known: 2 }, said(1))).toBe('no member');
    expect([
      await log.beat('another', 'a', { n: 0, storeMs: 0 }),
      await log.beat('run', 'a', { n: 3, storeMs: 0 }),
      await log.beat('run', 'a', { n: 0, storeMs: 0 }),
    ]).toEqual(['other run', 'gap', 'no member']);
  });

  test('that lost its end, and went on, is not that which a replica knows', async () => {
    const { store, log } = await world();
    await log.join({ ...JOINING, replica: 'a' });
    const batch = { run: 'run', replica: 'a', until: 0, known: 1 };
    await log.add({ ...batch, batch: 1 }, said(1));
    const [known] = await log.after(1, 'at once');
    if (known === undefined) throw new Error('it was added');
    expect(await log.beat('run', 'a', known)).toMatchObject({ n: 2 });
    // As a store does that takes over, and has not heard of it.
    await store.command('XDEL', 'test:{world}:log', '2-1');
    await store.command('HSET', 'test:{world}:state', 'n', '1');
    await store.command('XTRIM', 'test:{world}:log', 'MAXLEN', '0');
    await store.command('XSETID', 'test:{world}:log', '1-1');
    expect(await log.add({ ...batch, batch: 2 }, said(2))).toBe('ok');
    expect(await log.beat('run', 'a', known)).toBe('gap');
  });

  test('is cut when it is long, and then cannot be joined as long as somebody uses it', async () => {
    const { store, log } = await world();
    await log.join({ ...JOINING, replica: 'a' });
    const add = (batch: number) => log.add({ run: 'run', replica: 'a', batch, until: 0, known: 1 }, said(batch));
    expect(await add(1)).toBe('ok');
    // As if as many had been written as are left.
    await store.command('HSET', 'test:{world}:state', 'n', '6000', 'bytes', String(256 * 1024 * 1024));
    expect(await add(2)).toBe('ok');
    expect((await log.after(0, 'at once')).map(({ n }) => n)).toEqual([6_001]);
    expect(await log.beat('run', 'a', { n: 6_001, storeMs: (await log.after(6_000, 'at once'))[0]?.storeMs ?? 0 })).toMatchObject(
      {
        isCut: true,
        bytes: 0,
      },
    );
    expect(await log.join({ ...JOINING, replica: 'b' })).toMatchObject({ refused: 'cut' });
    await log.takeOut('run', 'a', 'leaves');
    expect(await log.join({ ...JOINING, run: 'next', replica: 'b' })).toMatchObject({ run: 'next', n: 1 });
  });

  test('leaves a replica in whose lease is not over, whoever takes it for dead', async () => {
    const { store, log } = await world();
    await log.join({ ...JOINING, replica: 'a' });
    await log.takeOut('run', 'a', 'silent');
    expect(typeof (await log.beat('run', 'a', { n: 0, storeMs: 0 }))).toBe('object');
    const heard = Number(await store.command('HGET', 'test:{world}:state', 'l:a'));
    await store.command('HSET', 'test:{world}:state', 'l:a', String(heard - LEASE_MS - 1_000));
    await log.takeOut('run', 'a', 'silent');
    expect(await log.beat('run', 'a', { n: 0, storeMs: 0 })).toBe('no member');
  });

  test('cannot be joined with another protocol or scenario while somebody uses it, and begins anew when nobody does', async () => {
    const { store, log } = await world();
    await log.join({ ...JOINING, replica: 'a' });
    expect(await log.join({ ...JOINING, replica: 'b', protocol: 'q' })).toEqual({ refused: 'other protocol', theirs: 'p' });
    expect(await log.join({ ...JOINING, replica: 'b', scenario: 'other' })).toEqual({ refused: 'other scenario', theirs: 'p' });
    await store.command('HSET', 'test:{world}:state', 'cut', '1');
    expect(await log.join({ ...JOINING, replica: 'b' })).toEqual({ refused: 'cut', theirs: 'p' });
    await log.takeOut('run', 'a', 'leaves');
    expect(await log.join({ ...JOINING, replica: 'b', run: 'next', scenario: 'other' })).toMatchObject({ run: 'next', n: 1 });
    expect((await log.after(0, 'at once')).map(({ n }) => n)).toEqual([1]);
  });

  test('lives for a week without use', async () => {
    const { store, log } = await world();
    await log.join({ ...JOINING, replica: 'a' });
    await log.beat('run', 'a', { n: 0, storeMs: 0 });
    for (const key of ['log', 'state']) {
      const seconds = Number(await store.command('TTL', `test:{world}:${key}`));
      expect(seconds).toBeGreaterThan(6 * 24 * 3_600);
      expect(seconds).toBeLessThanOrEqual(7 * 24 * 3_600);
    }
  });
});
