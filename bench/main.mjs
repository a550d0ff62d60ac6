/*
 * npm run bench [-- --rounds 5 --quick --out file.json]: how many requests a second, as a ratio to the smallest servers
 * there are. 1.00 is as fast as those, 0.50 half as fast. By autocannon and, where it is installed, by wrk, which takes
 * less of its core.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { generators } from './generators.mjs';
import { heldStreams } from './held-streams.mjs';
import { journalEntry } from './journal-entry.mjs';
import { pinSelf, unpinSelf } from './pin.mjs';
import { chatBody, compare, RESPONSES, responsesBody } from './rounds.mjs';
import { startUp } from './start-up.mjs';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    out: { type: 'string', default: 'bench/results/latest.json' },
  },
});
const rounds = Number(values.rounds);
/** Streams that are held, the milliseconds between their chunks, the API, and the connections by HTTP/2 that they share. */
const HELD = [
  [1_000, 1_000, 'chat'],
  [5_000, 1_000, 'chat'],
  [5_000, 1_000, 'responses'],
  [10_000, 1_000, 'chat'],
  [10_000, 1_000, 'chat', 100],
  [3_000, 50, 'chat'],
  [3_000, 50, 'responses'],
];
const seconds = values.quick ? 0.5 : 1;
const hasAimock = await import('@copilotkit/aimock').then(
  () => true,
  () => false,
);
/** Enough for a server to be busy although some answers take their time: up to 0.9 s, so that shorter rounds would not show it. */
const MANY = 1_500;
const MANY_SECONDS = 3 * seconds;

print(`servers on one core, clients on another: ${pinSelf(1) ? 'yes' : 'no'}; ${rounds} rounds of ${seconds} s`);
if (!hasAimock) print('aimock is not installed: skipped (cd bench && npm ci)');
if (generators.wrk === undefined) print('wrk is not installed: skipped');
const names = Object.keys(generators).filter((name) => generators[name] !== undefined);
/** What is measured by one of them only. */
const generator = names.at(-1);

const json = { body: chatBody() };
const responses = { path: RESPONSES, body: responsesBody() };
/** More than are remembered. */
const bodies = Array.from({ length: 1_000 }, (_, each) => chatBody({ ask: `Tell me, ${each},` }));
const answers = {};
const streams = {};
for (const name of names) {
  const options = { rounds, seconds, generator: name };
  answers[name] = [
    ...(await section(
      `JSON answers, by ${name}`,
      compare(
        [
          { server: 'bare', ...json },
          { server: 'healthy', ...json },
          { server: 'limits', ...json },
          { server: 'healthy', name: 'Responses', ...responses },
          ...(hasAimock ? [{ server: 'aimock', ...json }] : []),
          ...(hasAimock ? [{ server: 'aimock', name: 'aimock, Responses', ...responses }] : []),
        ],
        { ...options, peer: 'aimock' },
      ),
    )),
    // Beside bare with the same bodies: autocannon itself sends a quarter less of them than of one body.
    ...(await section(
      `JSON answers to ${bodies.length} bodies, by ${name}`,
      compare(
        ['bare', 'healthy'].map((server) => ({ server, name: `${server}, ${bodies.length} bodies`, bodies })),
        options,
      ),
    )),
    ...(await section(
      `JSON answers on ${MANY} connections, by ${name}`,
      compare(
        ['bare', 'healthy', 'flaky'].map((server) => ({ server, name: `${server}, ${MANY}`, ...json })),
        { ...options, connections: MANY, seconds: MANY_SECONDS },
      ),
    )),
  ];
  const ofChat = { body: chatBody({ stream: true }) };
  const ofResponses = { path: RESPONSES, body: responsesBody({ stream: true }) };
  streams[name] = [
    ...(await streamsOf('streams of 200 chunks without a wait', ['bare stream', 'stream'], { ...options, ...ofChat })),
    ...(await streamsOf('streams of Responses, 200 deltas', ['bare stream of Responses', 'stream'], {
      ...options,
      ...ofResponses,
    })),
  ];
}

const secured = await section(
  `JSON answers by TLS, by ${generator}`,
  compare(
    ['bare, TLS', 'healthy, TLS'].map((server) => ({ server, ...json })),
    { rounds, seconds, generator },
  ),
);
const http2 = [];
for (const [title, servers] of [
  ['JSON answers by HTTP/2 with prior knowledge', ['bare, HTTP/2', 'healthy']],
  ['JSON answers by HTTP/2 and TLS', ['bare, HTTP/2 by TLS', 'healthy, TLS']],
]) {
  const cases = servers.map((server) => ({ server, ...json }));
  http2.push(...(await section(title, compare(cases, { rounds, seconds, generator: 'http2' }))));
}

const rules = await section(
  'rules that do not match',
  compare(
    ['healthy', '1 rule', '10 rules', '100 rules', '1000 rules'].map((server) => ({ server, ...json })),
    { rounds, seconds, generator },
  ),
);

const sizes = [];
for (const bytes of [300, 10_000, 100_000, 1_000_000]) {
  const different = Array.from({ length: bytes > 100_000 ? 2 : 100 }, (_, each) => chatBody({ bytes, ask: `Tell me, ${each},` }));
  const found = await section(
    `bodies of ${bytes} B`,
    compare(
      ['bare', 'healthy'].map((server) => ({ server, name: `${server}, ${bytes} B`, bodies: different })),
      { rounds: Math.min(rounds, 3), seconds, generator },
    ),
  );
  sizes.push(...found);
}

const entryUs = await journalEntry(rounds);
print(`\njournal: ${entryUs.toFixed(2)} µs an entry, in a loop by itself`);

const held = [];
print('\nheld streams');
for (const [count, paceMs, api, connections] of values.quick ? HELD.slice(0, 1) : HELD) {
  const found = await heldStreams(count, paceMs, api, connections);
  const shared = connections === undefined ? '' : ` on ${connections} connections`;
  if (found === undefined) print(`  ${count} of ${api}${shared} every ${paceMs} ms: failed`);
  else {
    held.push({ ...found, connections });
    const { lost, rate, residentKib, laterKib, cpuUs, delayMs } = found;
    print(
      `  ${String(count).padStart(6)} of ${api.padEnd(9)}${shared} every ${String(paceMs).padStart(5)} ms: ${lost} lost, ${(rate * 100).toFixed(1)} % of the ideal rate, ` +
        `${residentKib.toFixed(1)} KiB each and ${laterKib.toFixed(1)} after 5 s, ${cpuUs.toFixed(1)} µs a chunk, event loop late by ${delayMs.p99.toFixed(1)} ms (p99), sampling of 5 ms included`,
    );
  }
}

// As it is started by hand.
unpinSelf();
const start = await startUp(2 * rounds);
print('\nstart-up');
print(
  `  ready after ${start.readyMs.toFixed(0)} ms, an empty program ends after ${start.emptyMs.toFixed(0)} ms: ${start.ratio.toFixed(2)} ×; ${start.idleMb} MB at idle`,
);

mkdirSync(dirname(values.out), { recursive: true });
const about = { node: process.version, at: new Date().toISOString(), rounds };
writeFileSync(
  values.out,
  `${JSON.stringify({ about, answers, streams, secured, http2, rules, bodies: sizes, journal: { entryUs }, held, start }, null, 2)}\n`,
);
print(`\n${values.out}`);

function streamsOf(title, servers, { path, body, ...options }) {
  const subjects = [...servers, ...(hasAimock ? ['aimock stream'] : [])];
  const cases = subjects.map((server) => ({ server, path, body }));
  return section(`${title}, by ${options.generator}`, compare(cases, { ...options, peer: 'aimock stream' }));
}

async function section(title, measured) {
  const rows = await measured;
  print(`\n${title}`);
  print(`  ${''.padEnd(24)} ratio  ×aimock   by CPU  rps     CPU µs  least   bytes  RSS MB`);
  for (const { name, ratio, toPeer, cpuRatio, rps, cpuUs, leastCpuUs, bytes, rssMb, lost } of rows) {
    const cells = [
      ratio.toFixed(2).padStart(5),
      (toPeer?.toFixed(2) ?? '').padStart(8),
      cpuRatio.toFixed(2).padStart(8),
      rps.toFixed(0).padStart(7),
      cpuUs.toFixed(1).padStart(8),
      leastCpuUs.toFixed(1).padStart(7),
      String(bytes).padStart(7),
      String(rssMb).padStart(7),
    ];
    print(`  ${name.padEnd(24)} ${cells.join(' ')}${lost > 0 ? `  ${lost} lost` : ''}`);
  }
  return rows;
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
