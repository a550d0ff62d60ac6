import { expect, test } from 'vitest';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { decidesAsOneProcess } from '../support/replicas/decides-as-one-process.ts';
import { postChat } from '../support/start-mock.ts';
import { sharedWorkers, startWorkers } from '../support/start-workers.ts';

decidesAsOneProcess(sharedWorkers());

test('times of all processes are on one clock', async () => {
  const server = await startWorkers('{}');
  for (let i = 0; i < 10; i++) await (await postChat(server, {}, { connection: 'close' })).text();
  const { entries } = await server.admin<{ entries: JournalEntry[] }>('/__admin/journal');
  const times = entries.flatMap((entry) => [entry.t_accept, entry.t_headers, entry.t_bodyEnd ?? 0, entry.t_firstByteBefore ?? 0]);
  expect(times).toHaveLength(40);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});
