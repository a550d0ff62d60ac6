import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { decidesAsOneProcess } from '../support/replicas/decides-as-one-process.ts';
import { sharedReplicas } from '../support/replicas/start-replicas.ts';
import { NEEDS_STORE, STORE_PROGRAM } from '../support/replicas/start-store.ts';
import { postChat } from '../support/start-mock.ts';

const under = sharedReplicas(3);

describe.skipIf(STORE_PROGRAM === undefined)(`three replicas behind a balancer${NEEDS_STORE}`, () => {
  decidesAsOneProcess(under);

  test('a response that one replica keeps is found, gone on from and deleted by another', async () => {
    const { origins, apiKey } = await under('{}');
    const [first, second, third] = origins.map((origin) => new OpenAI({ baseURL: `${origin}/v1`, apiKey, maxRetries: 0 }));
    if (first === undefined || second === undefined || third === undefined) throw new Error('three were started');
    const { id } = await first.responses.create({ model: 'gpt-4o', input: 'one' });
    expect((await second.responses.retrieve(id)).id).toBe(id);
    const next = await third.responses.create({ model: 'gpt-4o', input: 'two', previous_response_id: id });
    expect(next.previous_response_id).toBe(id);
    await second.responses.delete(id);
    await expect(first.responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
  });

  test('a call that fails over to another provider by another replica is one call', async () => {
    const { origins, apiKey, admin } = await under(
      'rules: [ { match: { provider: default }, fault: ok } ]\nproviders: { primary: { rules: [ { fault: overloaded } ] }, backup: {} }',
    );
    for (let call = 0; call < 6; call++) {
      const body = { messages: [{ role: 'user', content: `call ${call}` }] };
      const failed = await postChat({ baseURL: `${origins[call % 3]}/s/primary/v1`, apiKey }, body);
      await failed.text();
      const served = await postChat({ baseURL: `${origins[(call + 1) % 3]}/s/backup/v1`, apiKey }, body);
      await served.text();
      expect([failed.status, served.status]).toEqual([503, 200]);
    }
    const { calls } = await admin<{ calls: { attempts: unknown[] }[] }>('/__admin/calls');
    expect(calls.map(({ attempts }) => attempts.length)).toEqual(Array(6).fill(2));
  });

  test('a rule that is posted to one is in force in all when it has answered, and the same when it is removed', async () => {
    const { origins, apiKey, admin } = await under('{}');
    const statuses = () =>
      Promise.all(
        origins.map(async (origin, n) => (await postChat({ baseURL: `${origin}/v1`, apiKey }, { user: `${n}` })).status),
      );
    const { rules } = await admin<{ rules: { id: string }[] }>(
      '/__admin/rules',
      { method: 'POST', body: 'fault: overloaded' },
      1,
    );
    expect(await statuses()).toEqual([503, 503, 503]);
    await admin(`/__admin/rules/${encodeURIComponent(rules[0]?.id ?? '')}`, { method: 'DELETE' }, 2);
    expect(await statuses()).toEqual([200, 200, 200]);
  });

  test('a scenario that asks for any seed has the same in all', async () => {
    const { origins, admin } = await under('{}');
    await admin('/__admin/scenario', { method: 'PUT', body: 'seed: random' });
    const seeds = await Promise.all(
      origins.map(async (_, n) => (await admin<{ seed: number }>('/__admin/scenario', {}, n)).seed),
    );
    expect(new Set(seeds).size).toBe(1);
  });

  test('each counts the requests that it served in its metrics, and tells the entries of all', async () => {
    const { origins, apiKey } = await under('{}');
    const read = async (name: string) => {
      const found = origins.map(async (origin) => {
        const text = await (await fetch(`${origin}/metrics`)).text();
        const rows = text
          .split('\n')
          .filter((row) => row.startsWith(`mock_openai_${name}{`) && row.includes('session="default"'));
        return rows.reduce((sum, row) => sum + Number(row.split(' ').at(-1)), 0);
      });
      return Promise.all(found);
    };
    const before = await read('requests_total');
    for (const [n, count] of [3, 2, 0].entries())
      for (let asked = 0; asked < count; asked++) {
        const baseURL = `${origins[n]}/v1`;
        await (await postChat({ baseURL, apiKey }, { messages: [{ role: 'user', content: `${n} ${asked}` }] })).text();
      }
    await expect.poll(() => read('journal_entries')).toEqual([5, 5, 5]);
    await expect.poll(async () => (await read('requests_total')).map((count, n) => count - (before[n] ?? 0))).toEqual([3, 2, 0]);
  });

  test('a replica that is added while requests come knows what the others know', async () => {
    const replicas = await under('rules: [ { every: 3, fault: server_error } ]');
    const { baseURL, apiKey, add, admin } = replicas;
    let sent = 0;
    const client = async () => {
      while (sent < 120) {
        sent += 1;
        await (await postChat({ baseURL, apiKey }, { messages: [{ role: 'user', content: `request ${sent}` }] })).text();
      }
    };
    const clients = [client(), client(), client()];
    const added = await add();
    await Promise.all(clients);
    const own = (await (await fetch(`${added.origin}/__admin/journal`)).json()) as { entries: JournalEntry[] };
    expect(own.entries).toEqual((await admin<{ entries: JournalEntry[] }>('/__admin/journal')).entries);
    expect(own.entries.filter(({ status }) => status === 500)).toHaveLength(Math.floor(own.entries.length / 3));
  });
});
