import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backoffRules } from '../../../src/core/backoff/registry.ts';
import { explainedByChance } from '../../support/load/explained-by-chance.ts';
import { badFleets, type Fleet, goodFleets, lateBy } from '../../support/load/simulated-fleets.ts';
import { noises } from '../../support/load/simulated-traffic.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

/** Runs per fleet, each with another seed, and by turns under each kind of noise. `npm run simulate:fleets` makes 2,000. */
const RUNS = Number(process.env['SIMULATED_FLEETS'] ?? 6);
const TIMEOUT_MS = 1_800_000;
const kinds = Object.keys(noises);
/** From so many on the figures are written down. */
const WRITTEN_FROM = 50;
const PAGE = join(import.meta.dirname, '../../../docs/rules.md');

const rows: string[] = [];
/** Runs of good fleets in which a rule spoke, by rule. */
const alarms = new Map<string, number>();

/** Rules that fail or warn in one run. Calls are told apart by their names, or by what they ask. */
async function accusers({ client, scenario, policy, world }: Fleet, run: number): Promise<readonly string[]> {
  const noise = noises[kinds[run % kinds.length] ?? 'quiet'] ?? (() => 0);
  const seed = 1_000 + run;
  const named = Math.floor(run / kinds.length) % 2 === 0;
  const seeded = { ...scenario, seed };
  const { accused } = await virtualWorld({ client: lateBy(client, noise), scenario: seeded, policy, seed, named, ...world });
  return [...accused.fail, ...accused.warn];
}

async function tally(fleet: Fleet): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (let run = 0; run < RUNS; run++)
    for (const rule of await accusers(fleet, run)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return counts;
}

test.each(Object.entries(goodFleets))(
  'of %s no rule speaks more often than its bound says',
  { timeout: TIMEOUT_MS },
  async (_name, fleet) => {
    const found = await tally(fleet);
    const beyond = [...found].filter(([rule, times]) => {
      const bound = backoffRules.find(({ id }) => id === rule)?.falseAlarmBound ?? 0;
      return times > explainedByChance(bound, RUNS);
    });
    expect(beyond, `of ${RUNS} runs`).toEqual([]);
    for (const [rule, times] of found) alarms.set(rule, (alarms.get(rule) ?? 0) + times);
  },
);

test.each(Object.entries(badFleets))(
  'of %s the rule that it breaks speaks in nearly each run',
  { timeout: TIMEOUT_MS },
  async (name, { breaks, ...fleet }) => {
    const found = await tally(fleet);
    const spoke = found.get(breaks) ?? 0;
    expect(spoke, breaks).toBeGreaterThanOrEqual(0.9 * RUNS);
    rows.push(`| ${name} | \`${breaks}\` | ${Math.round((spoke / RUNS) * 1_000) / 10} % |\n`);
  },
);

/** Figures change with the rules and the fleets: `npm run simulate:fleets` writes them down. */
test.runIf(RUNS >= WRITTEN_FROM)('the page of rules shows how sure the rules of fleets are', async () => {
  const good = Object.keys(goodFleets).length;
  const spoke = [...alarms].sort().map(([rule, times]) => `\`${rule}\` in ${times}`);
  const said = spoke.length === 0 ? 'no rule failed or warned in any of them' : `there failed or warned ${spoke.join(', ')}`;
  const text = [
    `Good fleets: ${good} × ${RUNS} runs, by turns under the three kinds of noise: of ${(good * RUNS).toLocaleString('en')} runs, ${said}.\n`,
    '\n| fleet | rule | accused |\n|---|---|---|\n',
    ...rows,
  ].join('');
  const page = readFileSync(PAGE, 'utf8');
  const generated = page.replace(/(<!-- fleets -->\n)[\s\S]*?(<!-- \/fleets -->)/, (_all, open, close) => open + text + close);
  expect(generated).toContain(text);
  await expect(generated).toMatchFileSnapshot(PAGE);
});
