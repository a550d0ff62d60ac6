import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { startInProcess } from '../support/replicas/start-replicas.ts';
import { NEEDS_STORE, STORE_PROGRAM, startStore } from '../support/replicas/start-store.ts';
import { postChat } from '../support/start-mock.ts';

const PAUSE_MS = 5_000;
const CLIENTS = 8;

/** One request, and what its client was told: a status, or `refused`: that the store does not answer. */
interface Told {
  readonly id: string;
  readonly begunAt: number;
  readonly endedAt: number;
  readonly status: number | 'refused';
}

async function ask(origin: string, id: string): Promise<Told> {
  const begunAt = performance.now();
  const body = { messages: [{ role: 'user', content: id }] };
  const response = await postChat({ baseURL: `${origin}/v1`, apiKey: 'sk-x' }, body, { 'x-client-request-id': id });
  await response.text();
  const isOurs = response.headers.get('content-type') === 'application/problem+json';
  return { id, begunAt, endedAt: performance.now(), status: isOurs ? 'refused' : response.status };
}

async function journalOf(origin: string): Promise<JournalEntry[]> {
  return ((await (await fetch(`${origin}/__admin/journal`)).json()) as { entries: JournalEntry[] }).entries;
}

/** Clients that ask one replica after the other, before, during and after a pause of the store. */
async function throughPause(scenario: string) {
  const store = await startStore();
  onTestFinished(() => store.remove());
  const lost: string[] = [];
  const options = { source: { file: 'scenario', text: scenario }, onLost: (message: string) => lost.push(message) };
  const servers = [];
  for (let n = 0; n < 3; n++) {
    const server = await startInProcess(store.url, options);
    onTestFinished(() => server.close(0));
    servers.push(server);
  }
  const origins = servers.map(({ origin }) => origin);
  const told: Told[] = [];
  let isOver = false;
  const client = async (name: number) => {
    for (let n = 0; !isOver; n++) told.push(await ask(origins[(name + n) % origins.length] ?? '', `${name} ${n}`));
  };
  const clients = Array.from({ length: CLIENTS }, (_, name) => client(name));
  await sleep(500);
  store.pause();
  const pausedAt = performance.now();
  await sleep(PAUSE_MS);
  const wentOnAt = performance.now();
  store.goOn();
  // What was asked in the pause is refused by then, and its clients ask again.
  await sleep(3_000);
  isOver = true;
  await Promise.all(clients);
  return { told, lost, pausedAt, wentOnAt, journals: await Promise.all(origins.map(journalOf)) };
}

describe.skipIf(STORE_PROGRAM === undefined)(`a store that stands still for five seconds${NEEDS_STORE}`, () => {
  test.each([
    ['decisions that wait for nothing', 'rules: [ { every: 3, fault: server_error } ]'],
    ['decisions that wait for all replicas', 'rules: [ { every: 3, fault: server_error } ]\nlimits: { "*": { in_flight: 100 } }'],
  ])(
    'has nothing decided, and loses and doubles no occurrence among those answered: %s',
    { timeout: 60_000 },
    async (_, scenario) => {
      const { told, lost, pausedAt, wentOnAt, journals } = await throughPause(scenario);
      const [journal = [], ...others] = journals;
      for (const other of others) expect(other).toEqual(journal);
      expect(lost).toEqual([]);

      const during = told.filter(({ begunAt, endedAt }) => begunAt > pausedAt && endedAt < wentOnAt);
      expect(during.length).toBeGreaterThanOrEqual(CLIENTS);
      expect(new Set(during.map(({ status }) => status))).toEqual(new Set(['refused']));
      for (const isPart of [({ endedAt }: Told) => endedAt < pausedAt, ({ begunAt }: Told) => begunAt > wentOnAt])
        expect(new Set(told.filter(isPart).map(({ status }) => status))).toEqual(new Set([200, 500]));

      // Each third in the order of the log, and no other.
      const strikes = journal.map(({ faultApplied }) => faultApplied !== null);
      expect(strikes).toEqual(journal.map((_entry, place) => place % 3 === 2));
      const entries = new Map(journal.map((entry) => [entry.headers['x-client-request-id'], entry]));
      expect(entries.size).toBe(journal.length);
      for (const { id, status } of told) {
        const entry = entries.get(id);
        if (status !== 'refused') expect([id, entry?.status, entry?.closedBy]).toEqual([id, status, null]);
        // The store had taken it just before it stood still: the journal does not say that it was answered.
        else if (entry !== undefined) expect([id, entry.closedBy, entry.closedHow]).toEqual([id, 'server', 'reset']);
        entries.delete(id);
      }
      expect([...entries.keys()]).toEqual([]);
    },
  );
});
