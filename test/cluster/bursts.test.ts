import { expect, test } from 'vitest';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { libraries } from '../../src/libraries.ts';
import { loadScenario } from '../../src/scenario-files/load-scenario.ts';
import { postChat, startMock } from '../support/start-mock.ts';
import { sharedWorkers } from '../support/start-workers.ts';

const under = sharedWorkers();

const SCENARIO = 'seed: 7\nrules: [ { name: trouble, bursts: { on: 100ms, off: 100ms }, fault: overloaded } ]';

/** Asks once, so that it is known which request the clock begins with, and then for two seconds, three at a time. */
async function ask(server: { readonly baseURL: string; readonly apiKey: string }): Promise<void> {
  const askFor = async (content: string) => {
    const answer = await postChat(server, { messages: [{ role: 'user', content }] });
    await answer.text();
  };
  await askFor('first');
  const end = performance.now() + 2_000;
  const caller = async (name: string) => {
    for (let n = 0; performance.now() < end; n++) await askFor(`${name} ${n}`);
  };
  await Promise.all(['a', 'b', 'c'].map(caller));
}

test('bursts are at the same times in one process and in two workers: those that the seed draws', async () => {
  const { plan } = loadScenario({ file: 'scenario', text: SCENARIO }, libraries);
  const alone = await startMock(SCENARIO);
  const workers = await under(SCENARIO);
  await ask({ baseURL: alone.baseURL, apiKey: 'sk-test-0123456789' });
  await ask(workers);
  const { entries: ofWorkers } = await workers.admin<{ entries: JournalEntry[] }>('/__admin/journal');
  for (const entries of [alone.journal(), ofWorkers]) {
    const begunAt = entries[0]?.t_headers ?? 0;
    const struck = entries.map(({ faultApplied }) => faultApplied !== null);
    const inBurst = entries.map(({ t_headers }) => plan.rules[0]?.activity?.at(t_headers - begunAt) !== undefined);
    expect(struck).toEqual(inBurst);
    expect(new Set(struck).size).toBe(2);
  }
});
