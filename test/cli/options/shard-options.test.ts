import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { checkClock, shardOf, startTime } from '../../../src/cli/options/shard-options.ts';

test('a pod of an Indexed Job is the shard of its index', () => {
  const shards = (index: string, of: string) => shardOf({}, { JOB_COMPLETION_INDEX: index, MOCK_OPENAI_SHARDS: of });
  expect(shards('0', '8')).toEqual({ index: 1, of: 8 });
  expect(shards('7', '8')).toEqual({ index: 8, of: 8 });
  expect(() => shards('8', '8')).toThrow('JOB_COMPLETION_INDEX "8" is no shard of MOCK_OPENAI_SHARDS "8": it counts from 0');
  expect(() => shards('x', '8')).toThrow('is no shard');
});

test('the flag goes before the environment, and an index alone makes no shard', () => {
  expect(shardOf({ shard: '2/3' }, { JOB_COMPLETION_INDEX: '0', MOCK_OPENAI_SHARDS: '8' })).toEqual({ index: 2, of: 3 });
  expect(shardOf({}, { JOB_COMPLETION_INDEX: '3' })).toBeUndefined();
  expect(() => shardOf({}, { MOCK_OPENAI_SHARDS: '8' })).toThrow('goes with JOB_COMPLETION_INDEX');
});

test('a moment has a zone, and lies ahead', () => {
  const now = Date.parse('2026-12-01T09:59:00Z');
  expect(startTime({ startAt: '2026-12-01T10:00:00Z' }, now)).toBe(now + 60_000);
  expect(startTime({ startAt: '2026-12-01T11:00:00.250+01:00' }, now)).toBe(now + 60_250);
  expect(startTime({}, now)).toBeUndefined();
  expect(() => startTime({ startAt: '2026-12-01T09:59:00Z' }, now)).toThrow('has passed: it is 2026-12-01T09:59:00.000Z');
});

/** A store whose clock is ahead, and that knows nothing else. */
async function storeAhead(ms: number): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const isTime = data.toString().includes('TIME');
      const now = Date.now() + ms;
      const words = [String(Math.floor(now / 1_000)), String((now % 1_000) * 1_000)];
      socket.write(isTime ? `*2\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}` : '+OK\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a clock that differs from that of the store is refused, unless it may', async () => {
  const startAt = '2026-12-01T10:00:00Z';
  const refused = (store: string, flags = {}) => checkClock({ store, startAt, ...flags });
  await expect(refused(await storeAhead(1_000))).rejects.toThrow(
    /^the clock of this machine is (?:9\d\d|1\d{3}) ms behind that of the store.*--max-clock-error/,
  );
  await expect(refused(await storeAhead(-400))).rejects.toThrow('ms ahead of that of the store');
  await refused(await storeAhead(1_000), { maxClockError: '2s' });
  await refused(await storeAhead(0));
  // Nobody waits for a moment.
  await checkClock({ store: await storeAhead(1_000) });
});
