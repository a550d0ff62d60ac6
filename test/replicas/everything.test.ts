import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { ask, drive, type Sent, type Told } from '../support/replicas/everything/clients.ts';
import { everything, KINDS } from '../support/replicas/everything/scenario.ts';
import { startBalancer } from '../support/replicas/start-balancer.ts';
import { NEEDS_STORE, STORE_PROGRAM, startStore } from '../support/replicas/start-store.ts';
import { startCli } from '../support/run-cli.ts';
import { startMock } from '../support/start-mock.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** `npm run test:replicas` has 20,000. */
const REQUESTS = Number(process.env['REPLICA_REQUESTS'] ?? 1_500);
/** What a rule strikes, or a limit lets through, in a part of the run. */
const SOME = Math.ceil(REQUESTS / 100);
/** Clocks of replicas differ by less, in milliseconds. */
const CLOCK_ERROR_MS = 5;

interface Run {
  readonly sent: ReadonlyMap<string, { readonly sent: Sent; readonly told: Told }>;
  /** Of all sessions; within each, in the order in which the store put its requests. */
  readonly entries: readonly JournalEntry[];
  /** The journals of the default session that the replicas tell of at the end. */
  readonly journals: readonly (readonly JournalEntry[])[];
  readonly seconds: number;
}

/** Three replicas behind a balancer, of which one is killed after a third of the requests; another is added after the half. */
async function run(): Promise<Run> {
  const store = await startStore();
  onTestFinished(() => store.remove());
  const cwd = tempFolder({ 'scenario.yaml': JSON.stringify(everything(SOME)) });
  const start = (...flags: string[]) =>
    startCli(['--port', '0', '--scenario', 'scenario.yaml', '--store', store.url, ...flags], cwd);
  const originOf = ({ firstLine }: { readonly firstLine: string }) => new URL(firstLine).origin;
  const keeper = await start('--journal', 'journal.jsonl');
  const [other, victim] = await Promise.all([start(), start()]);
  const replicas = [keeper, other, victim];
  const origins = replicas.map(originOf);
  const balancer = await startBalancer(origins);
  onTestFinished(() => balancer.close());
  let added: Promise<unknown> = Promise.resolve();
  const from = performance.now();
  const sent = await drive(balancer.origin, REQUESTS, (count) => {
    if (count === Math.floor(REQUESTS / 3)) {
      victim.process.kill('SIGKILL');
      origins.pop();
      replicas.pop();
    }
    if (count === Math.floor(REQUESTS / 2))
      added = start().then((replica) => {
        replicas.push(replica);
        origins.push(originOf(replica));
      });
  });
  const seconds = (performance.now() - from) / 1_000;
  await added;
  expect(origins).toHaveLength(3);
  const journalOf = async (origin: string) =>
    ((await (await fetch(`${origin}/__admin/journal`)).json()) as { entries: JournalEntry[] }).entries;
  // What the killed one had under way is cut when its lease is over.
  const open = async () => (await journalOf(origins[0] ?? '')).filter(({ t_end }) => t_end === null).length;
  await expect.poll(open, { timeout: 30_000, interval: 1_000 }).toBe(0);
  const journals = await Promise.all(origins.map(journalOf));
  for (const replica of replicas) expect((await replica.stop()).code).toBe(0);
  const entries = readFileSync(join(cwd, 'journal.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalEntry)
    .sort((one, next) => one.seq - next.seq);
  return { sent, entries, journals, seconds };
}

const idOf = ({ headers }: JournalEntry) => headers['user-agent'] ?? '';
const wasCut = ({ closedBy, faultApplied }: JournalEntry) =>
  closedBy !== null && faultApplied?.faults[0]?.name !== 'connection_reset';

/** What was decided of a request; `isCut`: and not how it was answered. */
function decisionOf(entry: JournalEntry | undefined, isCut: boolean) {
  if (entry === undefined) return undefined;
  const { attemptSeq, status, errorCode, faultApplied, refusedBy } = entry;
  return { id: idOf(entry), attemptSeq, faultApplied, refusedBy, ...(isCut ? {} : { status, errorCode }) };
}

/** How many were not answered, or are not known to be. Each that was answered is in the journal, as it was answered. */
function countsOf(sent: Run['sent'], entries: ReadonlyMap<string, JournalEntry>) {
  const counts = { broken: 0, refused: 0, cut: 0 };
  for (const [id, { told }] of sent) {
    const entry = entries.get(id);
    if (entry !== undefined && wasCut(entry)) counts.cut += 1;
    else if (typeof told.status === 'number') expect([id, entry?.status, entry?.closedBy]).toEqual([id, told.status, null]);
    else if (entry === undefined) counts[told.status] += 1;
  }
  return counts;
}

/** The same requests to one process, in the same order: what it decides, and what it says. */
async function inOneProcess(entries: readonly JournalEntry[], sent: Run['sent']) {
  const mock = await startMock(everything(SOME));
  const origin = new URL(mock.baseURL).origin;
  const told = new Map<string, Told>();
  const decided = new Map<string, JournalEntry>();
  for (const [at, entry] of entries.entries()) {
    const request = sent.get(idOf(entry))?.sent;
    if (request === undefined) throw new Error(`the journal has a request that was never sent: ${idOf(entry)}`);
    told.set(request.id, await ask(origin, request));
    // It keeps the newest 10,000.
    if (at % 5_000 < 4_999 && at < entries.length - 1) continue;
    await mock.idle();
    for (const known of mock.journal()) decided.set(idOf(known), known);
  }
  return { told, decided };
}

describe.skipIf(STORE_PROGRAM === undefined)(
  `three replicas, of which one is killed, and one that is added${NEEDS_STORE}`,
  () => {
    test(`decide ${REQUESTS} requests as one process does`, { timeout: 120_000 + REQUESTS * 60 }, async () => {
      const { sent, entries, journals, seconds } = await run();
      const [journal, ...others] = journals;
      for (const other of others) expect(other).toEqual(journal);

      const byId = new Map(entries.map((entry) => [idOf(entry), entry]));
      expect(byId.size).toBe(entries.length);
      const counts = countsOf(sent, byId);

      const counted = entries.filter(({ session, model }) => session === 'default' && model !== 'gpt-4.1-mini');
      const { told, decided } = await inOneProcess(counted, sent);
      // Whether the killed replica had answered, the others cannot know: how calls go on that it was at is not compared.
      const wasKilled = new Set(counted.filter(wasCut).map((entry) => sent.get(idOf(entry))?.sent.content));
      const compared = counted.filter((entry) => wasCut(entry) || !wasKilled.has(sent.get(idOf(entry))?.sent.content));
      expect(compared.map((entry) => decisionOf(entry, wasCut(entry)))).toEqual(
        compared.map((entry) => decisionOf(decided.get(idOf(entry)), wasCut(entry))),
      );
      const answered = compared.map(idOf).filter((id) => typeof sent.get(id)?.told.status === 'number');
      expect(answered.map((id) => [id, sent.get(id)?.told])).toEqual(answered.map((id) => [id, told.get(id)]));

      const at = (name: string) => entries.filter(({ session }) => session === name);
      expect(at('primary').map(({ faultApplied }) => faultApplied !== null)).toEqual(at('primary').map((_, n) => n % 2 === 1));
      const failed = new Set(at('primary').flatMap(({ faultApplied, logicalId }) => (faultApplied === null ? [] : [logicalId])));
      expect(at('backup').map(({ attemptSeq, logicalId }) => attemptSeq > 1 && failed.has(logicalId))).toEqual(
        at('backup').map(() => true),
      );

      const served = at('narrow').filter(({ refusedBy }) => refusedBy === null).length;
      expect(served).toBe(Math.min(SOME, at('narrow').length));

      const inFlight = entries.filter(({ model }) => model === 'gpt-4.1-mini');
      const admitted = inFlight.filter(({ refusedBy }) => refusedBy === null);
      for (const [n, { t_firstByteBefore }] of admitted.entries())
        if (n > 0 && t_firstByteBefore !== null)
          expect(t_firstByteBefore + CLOCK_ERROR_MS).toBeGreaterThan(admitted[n - 1]?.t_end ?? 0);
      for (const { seq, t_headers, refusedBy } of inFlight)
        if (refusedBy !== null)
          expect(admitted.some((one) => one.seq < seq && (one.t_end ?? 0) + CLOCK_ERROR_MS > t_headers)).toBe(true);

      const { cut, broken, refused } = counts;
      process.stdout.write(
        `${REQUESTS} requests in ${seconds.toFixed(0)} s, ${entries.length} of them decided; ${compared.length} were compared with one process. ` +
          `${cut} were cut as a replica was killed, ${broken} found it dead, ${refused} were refused.\n`,
      );
      for (const { name } of KINDS) expect([...sent.values()].some(({ sent: { kind } }) => kind === name)).toBe(true);
    });
  },
);
