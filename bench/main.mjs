/*
 * npm run bench [-- --rounds 5 --quick --out file.json]: what a request costs, as a ratio to the smallest servers there
 * are. 1.00 is as fast as those, 0.50 takes twice their CPU time.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { heldStreams } from './held-streams.mjs';
import { journalEntry } from './journal-entry.mjs';
import { pinSelf } from './pin.mjs';
import { chatBody, compare } from './rounds.mjs';
import { startUp } from './start-up.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    out: { type: 'string', default: 'bench/results/latest.json' },
  },
});
const rounds = Number(values.rounds);
/** Streams that are held, and the milliseconds between their chunks. */
const HELD = [
  [1_000, 1_000],
  [5_000, 1_000],
  [10_000, 1_000],
  [3_000, 50],
];
const scale = values.quick ? 0.25 : 1;
const requests = (count) => Math.round(count * scale);
const hasAimock = await import('@copilotkit/aimock').then(
  () => true,
  () => false,
);

print(`servers on one core, clients on another: ${pinSelf(1) ? 'yes' : 'no'}; ${rounds} rounds`);
if (!hasAimock) print('aimock is not installed: skipped (cd bench && npm ci)');

const json = { body: chatBody(), requests: requests(4_000) };
const jsonServers = ['bare', 'healthy', 'flaky', 'limits', ...(hasAimock ? ['aimock'] : [])];
const answers = await section(
  'JSON answers',
  compare(
    // Some of its answers take their time: with few connections the server would be asleep for most of it.
    jsonServers.map((server) => ({ server, ...json, ...(server === 'flaky' && { connections: 400 }) })),
    { rounds },
  ),
);

const streamed = { body: chatBody({ stream: true }), requests: requests(600) };
const streamServers = ['bare stream', 'stream', ...(hasAimock ? ['aimock stream'] : [])];
const streams = await section(
  'streams of 200 chunks without a wait',
  compare(
    streamServers.map((server) => ({ server, ...streamed })),
    { rounds },
  ),
);

const ruleServers = ['healthy', '1 rule', '10 rules', '100 rules', '1000 rules'];
const rules = await section(
  'rules that do not match',
  compare(
    ruleServers.map((server) => ({ server, ...json })),
    { rounds },
  ),
);

const sizes = [
  [300, 3_000],
  [10_000, 2_000],
  [100_000, 400],
  [1_000_000, 40],
];
const bodies = await section(
  'bodies, each after the bare server',
  Promise.resolve(sizes).then(async (all) => {
    const rows = [];
    for (const [bytes, count] of all) {
      const body = chatBody({ bytes });
      const each = { body, requests: Math.max(20, requests(count)) };
      const found = await compare(
        [
          { server: 'bare', name: `bare, ${bytes} B`, ...each },
          { server: 'healthy', name: `healthy, ${bytes} B`, ...each },
        ],
        { rounds: Math.min(rounds, 3) },
      );
      rows.push(...found);
    }
    return rows;
  }),
);

const entryUs = await journalEntry(rounds);
print(`\njournal: ${entryUs.toFixed(2)} µs an entry, in a loop by itself`);

const held = [];
print('\nheld streams');
for (const [count, paceMs] of values.quick ? [[1_000, 1_000]] : HELD) {
  const found = await heldStreams(count, paceMs);
  if (found === undefined) print(`  ${count} every ${paceMs} ms: failed`);
  else {
    held.push(found);
    const { lost, rate, residentKib, delayMs } = found;
    print(
      `  ${String(count).padStart(6)} every ${String(paceMs).padStart(5)} ms: ${lost} lost, ${(rate * 100).toFixed(1)} % of the ideal rate, ` +
        `${residentKib.toFixed(1)} KiB each, event loop late by ${delayMs.p99.toFixed(1)} ms (p99), sampling of 5 ms included`,
    );
  }
}

const start = await startUp(rounds);
print('\nstart-up');
print(
  `  ready after ${start.readyMs.toFixed(0)} ms, an empty program ends after ${start.emptyMs.toFixed(0)} ms: ${start.ratio.toFixed(2)} ×; ${start.idleMb} MB at idle`,
);

mkdirSync(dirname(values.out), { recursive: true });
const about = { node: process.version, at: new Date().toISOString(), rounds };
writeFileSync(
  values.out,
  `${JSON.stringify({ about, answers, streams, rules, bodies, journal: { entryUs }, held, start }, null, 2)}\n`,
);
print(`\n${values.out}`);

async function section(title, measured) {
  const rows = await measured;
  print(`\n${title}`);
  print(`  ${''.padEnd(24)} ratio   CPU µs   least   bytes  RSS MB`);
  for (const { name, ratio, cpuUs, leastCpuUs, bytes, rssMb, lost } of rows) {
    const cells = [
      ratio.toFixed(2).padStart(5),
      cpuUs.toFixed(1).padStart(8),
      leastCpuUs.toFixed(1).padStart(7),
      String(bytes).padStart(7),
    ];
    print(`  ${name.padEnd(24)} ${cells.join(' ')} ${String(rssMb).padStart(7)}${lost > 0 ? `  ${lost} lost` : ''}`);
  }
  return rows;
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
