import type { Verdict } from '../backoff/verdict/verdict.ts';
import { callIn } from '../backoff/verdict/verdict-over.ts';
import { largest } from '../collections/largest.ts';
import { smallest } from '../collections/smallest.ts';
import { figuresOf, type LoadReport } from '../load/load-report.ts';
import type { LoadMeasurements } from '../load/measurements.ts';
import { mergeMeasurements } from '../load/merge-measurements.ts';
import { mergeVerdicts, shardName } from '../load/merge-verdicts.ts';
import { measurementsIn, type ShardReport } from '../load/shard-report.ts';
import type { JsonLoad, JsonReport, JsonShard } from './json-schema.ts';

/** The report of one shard, and the file that it is from. */
export interface ShardFile {
  readonly file: string;
  readonly report: JsonReport;
  readonly shard: JsonShard;
}

/** The report of a whole load. */
export interface MergedReport {
  readonly report: JsonReport;
  readonly verdict: Verdict;
  readonly figures: LoadReport;
  /** The same, as it is written. */
  readonly load: JsonLoad;
  /** From the beginning of the first shard to that of the last, by the clocks of their machines. */
  readonly startedWithinMs: number;
}

/** The reports of shards → that of the whole load; a message where they are not shards of one. Of shards that are missing the load is cut short. */
export function mergeReports(files: readonly ShardFile[]): MergedReport | string {
  const problem = whyNotOne(files);
  if (problem !== undefined) return problem;
  const shards = [...files].sort((a, b) => a.shard.index - b.shard.index);
  const measured: { readonly index: number; readonly measured: LoadMeasurements }[] = [];
  for (const { file, shard } of shards) {
    const numbers = measurementsIn(shard as ShardReport);
    if (numbers === undefined) return `the samples in ${file} cannot be read: the file was changed`;
    measured.push({ index: shard.index, measured: numbers });
  }
  const [first, ...others] = moved(shards);
  if (first === undefined) return 'there is nothing to merge';
  const whole = mergeMeasurements(measured, first.shard.shared);
  const figures = figuresOf({ ...whole, cutShort: whyCutShort(whole.cutShort, shards) });
  const verdict = mergeVerdicts([judgedIn(first), ...others.map(judgedIn)], figures);
  const load = figures as JsonLoad;
  const { shard: _shard, ...rest } = first.report;
  const report: JsonReport = {
    ...rest,
    verdict: verdict as unknown as JsonReport['verdict'],
    outages: [first, ...others].flatMap(({ report: { outages } }) => outages),
    load,
    calls: [first, ...others].flatMap(({ report: { calls } }) => calls),
  };
  return { report, verdict, figures, load, startedWithinMs: startedWithin(shards) };
}

function startedWithin(shards: readonly ShardFile[]): number {
  const began = shards.map(({ shard }) => Date.parse(shard.beganAt));
  return largest(began) - smallest(began);
}

/** What is read of a report is what was written of a verdict. */
function judgedIn({ report, shard: { index } }: ShardFile) {
  return { index, verdict: report.verdict as unknown as Verdict };
}

function whyCutShort(ofShards: string | null, shards: readonly ShardFile[]): string | null {
  const known = new Set(shards.map(({ shard }) => shard.index));
  const of = shards[0]?.shard.of ?? 0;
  const missing = Array.from({ length: of }, (_, at) => at + 1).filter((index) => !known.has(index));
  const lacks = missing.length === 0 ? [] : [`${missing.length} of ${of} shards are missing: ${missing.join(', ')}`];
  const parts = [...lacks, ...(ofShards === null ? [] : [ofShards])];
  return parts.length === 0 ? null : parts.join('; ');
}

/** What shards of one load have in common. */
const COMMON: readonly (readonly [what: string, of: (file: ShardFile) => unknown])[] = [
  ['the version of the mock', ({ report }) => report.mock.version],
  ['the number of shards', ({ shard }) => shard.of],
  ['the load', ({ shard }) => shard.workload.text],
  ['how long it goes on', ({ shard }) => shard.forMs],
  ['the requests beside it', ({ shard }) => shard.backgroundPerSecond],
  ['the scenario', ({ report }) => report.verdict.scenario],
  ['the seed', ({ report }) => report.verdict.seed],
  ['what the scenario says', ({ shard }) => shard.scenarioSha256],
  ['what is expected', ({ report }) => JSON.stringify(report.verdict.policy)],
  ['whether they have one mock', ({ shard }) => shard.shared],
];

function whyNotOne(files: readonly ShardFile[]): string | undefined {
  const [first, ...others] = files;
  if (first === undefined) return 'there is nothing to merge';
  for (const other of others) {
    for (const [what, of] of COMMON) {
      if (of(other) !== of(first)) return `${first.file} and ${other.file} are not of one load: they differ in ${what}`;
    }
  }
  for (const [at, { file, shard }] of files.entries()) {
    const same = files.slice(0, at).find((one) => one.shard.index === shard.index);
    if (same !== undefined) return `${same.file} and ${file} are both shard ${shard.index}`;
  }
  return undefined;
}

/**
 * The shards as parts of one report: their requests have numbers of their own, and times that count from the first request of all, by the clocks of
 * their machines.
 */
function moved(shards: readonly ShardFile[]): ShardFile[] {
  const begins = shards.flatMap(({ report: { startedAt } }) => (startedAt === null ? [] : [Date.parse(startedAt)]));
  const begin = begins.reduce((first, at) => Math.min(first, at), Number.POSITIVE_INFINITY);
  let before = 0;
  return shards.map((file) => {
    const { report, shard } = file;
    const { startedAt, calls, verdict } = report;
    const laterMs = startedAt === null ? 0 : Date.parse(startedAt) - begin;
    const seq = (of: number) => of + offset;
    const offset = before;
    before += calls.reduce((most, call) => call.attempts.reduce((last, attempt) => Math.max(last, attempt.seq), most), 0);
    const at = (ms: number) => ms + laterMs;
    return {
      ...file,
      report: {
        ...report,
        startedAt: Number.isFinite(begin) ? new Date(begin).toISOString() : null,
        outages: report.outages.map(({ fromMs, toMs }) => ({ fromMs: at(fromMs), toMs: at(toMs) })),
        calls: calls.map((call) => ({
          ...call,
          id: callIn(shardName(shard.index), call.id),
          replays: call.replays.map(seq),
          attempts: call.attempts.map((attempt) => ({
            ...attempt,
            seq: seq(attempt.seq),
            atMs: at(attempt.atMs),
            endMs: attempt.endMs === null ? null : at(attempt.endMs),
          })),
        })),
        verdict: {
          ...verdict,
          findings: verdict.findings.map((finding) => ({
            ...finding,
            evidence: finding.evidence.map((seen) => ({ ...seen, entries: seen.entries.map(seq) })),
          })),
        },
      },
    };
  });
}
