import { expect, onTestFinished, test } from 'vitest';
import { REDIS_CLIENTS } from '../../src/replicas/redis-clients.ts';
import { NEEDS_STORE, STORE_PROGRAM, startStore } from '../support/replicas/start-store.ts';

/** `iovalkey` has the interface of `ioredis`, and is not installed here. */
const INSTALLED = ['@redis/client', 'ioredis'];

test.skipIf(STORE_PROGRAM === undefined).each(INSTALLED)(
  `%s sends bytes as they are, says what the store says, and breaks when the store does${NEEDS_STORE}`,
  async (name) => {
    const store = await startStore();
    onTestFinished(() => store.remove());
    const client = REDIS_CLIENTS.get(name);
    const connect = client?.(await import(name), `${store.url}/3`);
    if (connect === undefined) throw new Error(`${name} is no client that is known`);
    const connection = await connect();
    onTestFinished(() => connection.end());
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const script = "redis.call('XADD', KEYS[1], '7-1', 'p', ARGV[1]) return { 'ok', 7 }";
    expect(await connection.send(['EVAL', script, '1', 'log', bytes])).toEqual([Buffer.from('ok'), 7]);
    expect(await connection.send(['XREAD', 'STREAMS', 'log', '0'])).toEqual([
      [Buffer.from('log'), [[Buffer.from('7-1'), [Buffer.from('p'), bytes]]]],
    ]);
    expect(await connection.send(['XREAD', 'STREAMS', 'log', '7-1'])).toBeNull();
    await expect(connection.send(['EVALSHA', '0'.repeat(40), '0'])).rejects.toThrow(/^NOSCRIPT/);
    expect(await store.command('-n', '3', 'EXISTS', 'log')).toBe('1\n');
    const waiting = connection.send(['XREAD', 'BLOCK', '0', 'STREAMS', 'log', '7-1']);
    await Promise.all([expect(waiting).rejects.toThrow(), store.kill()]);
    await expect(connect()).rejects.toThrow();
  },
);
