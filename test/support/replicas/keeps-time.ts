import { expect, test } from 'vitest';
import type { JournalEntry } from '../../../src/core/journal/entry.ts';
import type { Plan } from '../../../src/core/plan/compile.ts';
import { rampAt } from '../../../src/core/units/ramp.ts';
import { libraries } from '../../../src/libraries.ts';
import { loadScenario } from '../../../src/scenario-files/load-scenario.ts';
import { postChat, startMock } from '../start-mock.ts';
import type { Workers } from '../start-workers.ts';

type Server = Pick<Workers, 'baseURL' | 'apiKey' | 'admin'>;

const BURSTS = 'seed: 7\nrules: [ { name: trouble, bursts: { on: 100ms, off: 100ms }, fault: overloaded } ]';
const RAMP = { from: 0, to: 60, overMs: 300 };
const RAMPS = `
rules:
  - during: { every: 600ms, for: 400ms }
    fault: { latency: { from: 0ms, to: ${RAMP.to}ms, over: ${RAMP.overMs}ms } }
`;

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

/** What came of the same load in one process, and in those under test: the plan, and both journals. */
async function journalsOf(scenario: string, server: Server): Promise<{ plan: Plan; journals: readonly JournalEntry[][] }> {
  const { plan } = loadScenario({ file: 'scenario', text: scenario }, libraries);
  const alone = await startMock(scenario);
  await Promise.all([ask({ baseURL: alone.baseURL, apiKey: server.apiKey }), ask(server)]);
  const { entries } = await server.admin<{ entries: JournalEntry[] }>('/__admin/journal');
  expect(new Set(entries.map(({ connId }) => connId)).size).toBeGreaterThan(1);
  return { plan, journals: [alone.journal(), entries] };
}

/** Where the first rule of the plan is at each entry: since when its span goes on. Undefined: it does not. */
function sinceMs({ rules }: Plan, entries: readonly JournalEntry[]): (number | undefined)[] {
  const begunAt = entries[0]?.t_headers ?? 0;
  return entries.map(({ t_headers }) => rules[0]?.activity?.at(t_headers - begunAt)?.sinceMs);
}

/** What it is to have the times of one process. `under` puts several processes, among which connections are dealt out, under a scenario. */
export function keepsTime(under: (scenario: string) => Promise<Server>): void {
  test('bursts are at the same times as in one process: those that the seed draws', async () => {
    const { plan, journals } = await journalsOf(BURSTS, await under(BURSTS));
    for (const entries of journals) {
      const struck = entries.map(({ faultApplied }) => faultApplied !== null);
      expect(struck).toEqual(sinceMs(plan, entries).map((since) => since !== undefined));
      expect(new Set(struck).size).toBe(2);
    }
  });

  test('a ramp begins anew with each of its spans, and climbs as in one process', async () => {
    const { plan, journals } = await journalsOf(RAMPS, await under(RAMPS));
    for (const entries of journals) {
      const found = entries.map(({ faultApplied }) => faultApplied?.faults[0]?.params as { ms: number } | undefined);
      const climbed = sinceMs(plan, entries).map((since) => (since === undefined ? undefined : rampAt(RAMP, since)));
      expect(found.map((params) => params?.ms)).toEqual(climbed);
      expect(new Set(climbed).size).toBeGreaterThan(4);
    }
  });
}
