/*
 * Probes the clients of the catalogue, those named or all, and writes what each did to results/. docs/clients.md is made of that.
 * usage: npm run clients -- [ID …] [--table] [--keep-late]
 * A client whose calls came late is probed once more; with --keep-late at once what lateness cannot have spoilt is kept.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CLIENTS } from './catalogue.mjs';
import { install, packagesOf } from './install.mjs';
import { clientsHead, clientsPage } from './page.mjs';

const run = promisify(execFile);
const here = import.meta.dirname;
const root = join(here, '..');
const results = join(here, 'results');
const say = (text) => process.stdout.write(`${text}\n`);

const args = process.argv.slice(2);
const named = args.filter((arg) => !arg.startsWith('--'));
const unknown = named.filter((id) => !CLIENTS.some((client) => client.id === id));
if (unknown.length > 0) {
  say(`no client ${unknown.join(', ')}; there are ${CLIENTS.map(({ id }) => id).join(', ')}`);
  process.exit(2);
}
/** What a rule says when the calls of its situation did not come in time: a client that is slow to start, or a busy machine. */
const UNHEARD = /^no (?:answer carried (?:the date|retry-after-ms|a long hint)|first attempt failed in such a way)/;
/** What a rule says of calls that came to their first request so late: what the client does meanwhile is late, too. */
const LATE = /^calls waited up to (\d+\.\d+) s in a queue of the client/;
const MAX_LATE_S = 1.5;
/** Rules that ask how long something took. A retry that comes early is early on any machine. */
const SPOILT_BY_LATENESS = new Set(['abort_stops_retries', 'settles', 'bounded_time', 'no_retry_quota', 'recovers_promptly']);

/** As many as a small machine has cores: what a program loads at its start takes seconds of each. */
const PROCESSES = '2';

/** What a rule says that could not measure for the machine. */
const UNMEASURED = /^this machine was late itself/;

class BusyError extends Error {}

mkdirSync(results, { recursive: true });
let failures = [];
if (!args.includes('--table')) {
  const chosen = named.length === 0 ? CLIENTS : named.map((name) => CLIENTS.find(({ id }) => id === name));
  failures = await probeEach(chosen, { keepsLate: args.includes('--keep-late') });
  // A machine that was busy may be so no more.
  if (failures.some(({ isBusy }) => isBusy))
    failures = await probeEach(
      failures.map(({ client }) => client),
      { keepsLate: true },
    );
}
writeFileSync(join(root, 'docs/clients.md'), clientsPage(CLIENTS, readResults()));
const readme = join(root, 'README.md');
const head = `<!-- clients -->\n${clientsHead(CLIENTS, readResults())}\n<!-- /clients -->`;
writeFileSync(
  readme,
  readFileSync(readme, 'utf8').replace(/<!-- clients -->[\s\S]*<!-- \/clients -->/, () => head),
);
process.exitCode = failures.length > 0 ? 1 : 0;

/** Those that failed. */
async function probeEach(clients, how) {
  const failed = [];
  for (const client of clients) {
    try {
      await probe(client, how);
    } catch (error) {
      failed.push({ client, isBusy: error instanceof BusyError });
      say(`${client.id}: ${String(error.stderr || error.message).slice(0, 2_000)}`);
    }
  }
  return failed;
}

/** `keepsLate`: what lateness cannot have spoilt is kept. */
async function probe(client, { keepsLate }) {
  const begun = performance.now();
  const home = join(here, '.installed');
  const asked = await install(client, home);
  const { verdict, startedAt } = await probeOnce([...asked, '--processes', PROCESSES]);
  if (client.command !== undefined) {
    verdict.findings = await measuredAlone(verdict.findings, asked);
    // What each call remembers.
    rmSync(join(home, client.id, 'homes'), { recursive: true, force: true });
  }
  const lateS = Math.max(...verdict.findings.map(({ explain }) => Number(LATE.exec(explain)?.[1] ?? 0)));
  const isSlow = client.command !== undefined && verdict.findings.some(({ explain }) => UNMEASURED.test(explain));
  const isLate = lateS > MAX_LATE_S || isSlow;
  const unheard = verdict.findings.filter(({ explain }) => UNHEARD.test(explain)).map(({ rule }) => rule);
  if (isLate && !isSlow && !keepsLate) unheard.push('what takes its time');
  if (unheard.length > 0)
    throw new BusyError(`the calls came too late for ${unheard.join(', ')}: this machine is too busy. Nothing is kept.`);
  const rules = Object.fromEntries(
    verdict.findings.map(({ rule, verdict: found, explain, evidence }) => [
      rule,
      isLate && SPOILT_BY_LATENESS.has(rule) && (found === 'fail' || found === 'warn')
        ? { verdict: 'inconclusive', explain: `this machine was busy${isSlow ? '' : `: calls were up to ${lateS} s late`}` }
        : { verdict: found, explain, ...(evidence[0] === undefined ? {} : { evidence: evidence[0].line }) },
    ]),
  );
  const { id } = client;
  // Without the features of a crate.
  const installed = packagesOf(client)[0].split(' ')[0];
  const result = { client: id, installed, probed: startedAt.slice(0, 10), calls: verdict.calls, rules };
  writeFileSync(join(results, `${id}.json`), `${JSON.stringify(result, null, 2)}\n`);
  say(`${id}: ${verdict.verdict}, ${Math.round((performance.now() - begun) / 1_000)} s`);
}

/**
 * The findings on a client that is a process for each call, with those that go by time found out anew: each start takes a second
 * of a core, so that what starts at once is late.
 */
async function measuredAlone(findings, asked) {
  const timed = findings.filter(({ rule, explain }) => SPOILT_BY_LATENESS.has(rule) || UNMEASURED.test(explain));
  const only = timed.map(({ rule }) => rule).join();
  const { verdict } = await probeOnce([...asked, '--processes', '1', '--only', only]);
  return findings.map((beside) => verdict.findings.find(({ rule }) => rule === beside.rule) ?? beside);
}

/** What `probe` reports. */
async function probeOnce(asked) {
  const report = mkdtempSync(join(tmpdir(), 'clients-'));
  const args = ['probe', ...asked, '--report', report];
  // A verdict that is no pass ends with another code, and is a result.
  await run(process.execPath, [join(root, 'dist/cli/main.js'), ...args], { maxBuffer: 2 ** 26 }).catch((error) => {
    if (error.code !== 1) throw error;
  });
  const told = JSON.parse(readFileSync(join(report, 'report.json'), 'utf8'));
  rmSync(report, { recursive: true });
  return told;
}

function readResults() {
  return readdirSync(results).map((file) => JSON.parse(readFileSync(join(results, file), 'utf8')));
}
