import { expect, test } from 'vitest';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { sharedWorkers } from '../support/start-workers.ts';
import { openSocket } from '../support/web-socket.ts';

const under = sharedWorkers();

test('turns of WebSockets of all workers count as those of one, and are in one journal', async () => {
  const workers = await under('rules: [{ match: { endpoint: responses }, first: 3, fault: overloaded }]');
  const sockets = await Promise.all([1, 2, 3, 4].map(() => openSocket(workers)));
  const ends = await Promise.all(sockets.flatMap((socket, place) => [socket.ask({ input: `Question ${place}` })]));
  expect(ends.map(({ type }) => type).sort()).toEqual(['error', 'error', 'error', 'response.completed']);
  for (const socket of sockets) expect(await socket.ask({ input: 'Again' })).toMatchObject({ type: 'response.completed' });
  const { entries } = await workers.admin<{ entries: JournalEntry[] }>('/__admin/journal');
  expect(entries.filter(({ protocol }) => protocol === 'websocket')).toHaveLength(8);
  expect(entries.filter(({ status }) => status === 101)).toHaveLength(4);
  expect(entries.every(({ t_end, closedBy }) => t_end !== null && closedBy === null)).toBe(true);
});

test('what a connection alone has stays with it, whichever worker it is with', async () => {
  const workers = await under('{}');
  const [socket, ...others] = [await openSocket(workers), await openSocket(workers), await openSocket(workers)];
  const first = await socket.ask({ store: false });
  const { id } = first['response'] as { id: string };
  for (const other of others) {
    const refused = await other.ask({ store: false, previous_response_id: id });
    expect(refused).toMatchObject({ status: 400, error: { code: 'previous_response_not_found' } });
  }
  const next = await socket.ask({ store: false, previous_response_id: id });
  expect(next).toMatchObject({ type: 'response.completed', response: { previous_response_id: id } });
});

test('faults on frames and x-mock-fault are the same with workers', async () => {
  const workers = await under(
    'rules: [{ match: { endpoint: responses }, times: 1, fault: { websocket_close: { code: 1013, after_chunks: 2 } } }]',
  );
  const socket = await openSocket(workers);
  socket.send({ type: 'response.create', model: 'gpt-4o', input: 'Hello' });
  expect(await socket.closed).toMatchObject({ code: 1013 });
  const forced = await openSocket(workers, { headers: { 'x-mock-fault': 'server_error' } });
  expect(await forced.ask()).toMatchObject({ type: 'error', status: 500 });
  const { calls } = await workers.admin<{ calls: { endpoint: string }[] }>('/__admin/calls');
  expect(calls.map(({ endpoint }) => endpoint)).toContain('responses.websocket');
});
