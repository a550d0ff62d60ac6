import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JsonLoad, type JsonReport, reportSchema } from '../../src/core/report/json-schema.ts';
import { NEEDS_STORE, STORE_PROGRAM, startStore } from '../support/replicas/start-store.ts';
import { runCli } from '../support/run-cli.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const FLEETS = fileURLToPath(new URL('../../examples/fleets/', import.meta.url));
/** Whether an attempt fails is drawn by the name of its call: it is the same, whoever makes the call. */
const SCENARIO = 'seed: 3\nrules: [ { attempts: 1..2, probability: 0.4, fault: { overloaded: { retry_after_ms: 20 } } } ]\n';
const LOAD = ['load', '--client', join(FLEETS, 'jitter.mjs'), '--arrivals', '16/s', '--poisson', '--for', '3s', '--drain', '8s'];
const SHARDS = 8;

const reportIn = (file: string): JsonReport => reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
const soon = (ms: number) => new Date(Date.now() + ms).toISOString();

/** What does not depend on how fast the machine is. */
function exactly({ calls, attempts, amplification, retries, latencyMs, exactness, socketsPerAttempt: _sockets }: JsonLoad) {
  const { mean, p99, max, steady } = amplification;
  const retried = retries.gaps.map(({ retry, n }) => [retry, n]);
  const counted = { calls, attempts, amplification: { mean, p99, max, steady }, histogram: retries.histogram, retried };
  return { ...counted, answered: latencyMs.n, correlation: exactness.correlation };
}

describe('eight shards by eight processes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mock-openai-shards-'));
  let whole: JsonReport;
  let merged: JsonReport;
  let results: { code: number | null; stdout: string; stderr: string }[] = [];

  beforeAll(async () => {
    writeFileSync(join(folder, 'flaky.yaml'), SCENARIO);
    const flags = [...LOAD, '--scenario', 'flaky.yaml', '--processes', '1'];
    const one = await runCli([...flags, '--report', 'whole'], folder);
    expect(one.stderr).toContain('attempts');
    whole = reportIn(join(folder, 'whole/report.json'));
    const startAt = ['--start-at', soon(20_000)];
    const numbers = Array.from({ length: SHARDS }, (_, at) => at);
    results = await Promise.all(
      // As Kubernetes names them.
      numbers.map((at) =>
        runCli([...flags, ...startAt, '--report', `shard-${at}`], folder, {
          JOB_COMPLETION_INDEX: String(at),
          MOCK_OPENAI_SHARDS: String(SHARDS),
        }),
      ),
    );
    const files = numbers.map((at) => `shard-${at}/report.json`);
    results.push(await runInProcess(['compare', ...files, '--merge', 'merged/report.json'], folder));
    merged = reportIn(join(folder, 'merged/report.json'));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('make the calls of one process, each once, at the same times of the same schedule', () => {
    expect(merged.load && exactly(merged.load)).toEqual(whole.load && exactly(whole.load));
    const ids = merged.calls.map(({ id }) => id.slice(id.indexOf('/') + 1)).sort();
    expect(ids).toEqual(whole.calls.map(({ id }) => id).sort());
    const due = ({ load }: JsonReport) => load?.timeline.moments.slice(0, 12).map(({ calls }) => calls);
    expect(due(merged)).toEqual(due(whole));
  });

  test('are one report, whose attempts have numbers of their own', () => {
    expect(merged.shard).toBeUndefined();
    expect(merged.load?.workload).toMatchObject({
      text: '16/s Poisson arrivals',
      perSecond: 16,
      processes: 8,
      maxInFlight: 1_000,
    });
    const seqs = merged.calls.flatMap(({ attempts }) => attempts.map(({ seq }) => seq));
    expect(new Set(seqs).size).toBe(seqs.length);
    expect(merged.verdict.calls).toBe(whole.verdict.calls);
    expect(merged.verdict.attempts).toBe(whole.verdict.attempts);
  });

  test('are told with the whole', () => {
    const last = results.at(-1);
    expect(last?.stdout).toMatch(new RegExp(`in all .*${whole.load?.calls.ok} of ${whole.load?.calls.scheduled}`));
    expect(last?.stdout).not.toContain('apart');
    expect(last?.code).toBe(merged.verdict.verdict === 'pass' || merged.verdict.verdict === 'warn' ? 0 : 1);
  });

  test('of which some are missing are no whole', async () => {
    const some = ['shard-0/report.json', 'shard-5/report.json'];
    const { code, stderr } = await runInProcess(['compare', ...some, '--merge', 'some/report.json'], folder);
    expect(code).toBe(1);
    expect(stderr).toContain('6 of 8 shards are missing: 2, 3, 4, 5, 7, 8');
    expect(reportIn(join(folder, 'some/report.json')).load?.cutShort).toContain('6 of 8 shards are missing');
  });

  test('that are not of one load are refused', async () => {
    const other = reportIn(join(folder, 'shard-1/report.json'));
    mkdirSync(join(folder, 'other'), { recursive: true });
    const write = (name: string, changed: object) =>
      writeFileSync(join(folder, `other/${name}.json`), JSON.stringify({ ...other, ...changed }));
    write('seed', { verdict: { ...other.verdict, seed: 4 } });
    write('longer', { shard: { ...other.shard, forMs: 60_000 } });
    write('noisier', { shard: { ...other.shard, backgroundPerSecond: 5 } });
    write('changed', { shard: { ...other.shard, scenarioSha256: 'f'.repeat(64) } });
    const merge = (...files: string[]) => runInProcess(['compare', ...files, '--merge', 'no/report.json'], folder);
    const refused = await Promise.all([
      merge('shard-0/report.json', 'other/seed.json'),
      merge('shard-0/report.json', 'other/longer.json'),
      merge('shard-0/report.json', 'other/noisier.json'),
      merge('shard-0/report.json', 'other/changed.json'),
      merge('shard-0/report.json', 'shard-0/report.json'),
      merge('whole/report.json'),
    ]);
    expect(refused.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2, 2]);
    const [seed, longer, noisier, changed, twice, none] = refused.map(({ stderr }) => stderr.trim());
    expect(seed).toContain('are not of one load: they differ in the seed');
    expect(longer).toContain('they differ in how long it goes on');
    expect(noisier).toContain('they differ in the requests beside it');
    expect(changed).toContain('they differ in what the scenario says');
    expect(twice).toContain('are both shard 1');
    expect(none).toContain('it is of no shard');
  });
});

test.skipIf(STORE_PROGRAM === undefined)(
  `shards at one store have one mock: its capacity, its limits and its counts${NEEDS_STORE}`,
  { timeout: 60_000 },
  async () => {
    const store = await startStore();
    const folder = tempFolder();
    // Each tenth of the requests of all.
    writeFileSync(join(folder, 'tenth.yaml'), 'rules: [ { every: 10, fault: { overloaded: { retry_after_ms: 20 } } } ]\n');
    const flags = [...LOAD, '--scenario', 'tenth.yaml', '--processes', '1', '--background', '10/s', '--start-at', soon(9_000)];
    try {
      const shards = await Promise.all(
        [1, 2].map((at) => runCli([...flags, '--store', store.url, '--shard', `${at}/2`, '--report', `s${at}`], folder)),
      );
      expect(shards.map(({ stderr }) => stderr).join()).toContain('shard 2 of 2');
      await runInProcess(['compare', 's1/report.json', 's2/report.json', '--merge', 'merged.json'], folder);
      const { load } = reportIn(join(folder, 'merged.json'));
      expect(load?.backgroundRequests).toBe(30);
      const requests = (load?.attempts ?? 0) + 30;
      const struck = (load?.attempts ?? 0) - (load?.calls.ok ?? 0);
      // Some of the struck are of the background, which does not come again.
      expect(struck).toBeLessThanOrEqual(Math.floor(requests / 10));
      expect(struck).toBeGreaterThan(0);
      expect(load?.calls.failed).toBe(0);
    } finally {
      await store.remove();
    }
  },
);

test('what is wrong with the flags of a shard is said in one line', { timeout: 60_000 }, async () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['--shard', '9/8'], /--shard takes a shard and how many there are, such as 2\/8.*found "9\/8"/],
    [['--shard', '1/2', '--start-at', 'soon'], /--start-at takes a moment with its zone.*found "soon"/],
    [['--shard', '1/2', '--start-at', '2026-11-30T10:00:00'], /--start-at takes a moment with its zone/],
    [['--shard', '1/2', '--start-at', '2020-01-01T00:00:00Z'], /--start-at 2020-01-01T00:00:00Z has passed: it is 2/],
    [['--max-clock-error', '1s'], /--max-clock-error goes with --store and --start-at/],
    [['--store', 'redis://127.0.0.1:1', '--hammer', '5'], /--store and --hammer exclude each other/],
    [['--store', 'redis://127.0.0.1:1', '--through', 'http://127.0.0.1:2/v1', '--port', '3'], /--store and --through exclude/],
  ];
  for (const [flags, reason] of wrong) {
    const { code, stderr } = await runInProcess([...LOAD, ...flags]);
    expect([flags, code]).toEqual([flags, 2]);
    expect(stderr).toMatch(reason);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  }
});

test('clients that are ready too late do not begin', { timeout: 30_000 }, async () => {
  const { code, stderr } = await runCli([...LOAD, '--shard', '1/2', '--start-at', soon(900)]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/ready \d+\.\d s too late for --start-at: take a later time|--start-at .* has passed/);
});
