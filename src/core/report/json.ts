import type { CallHistory, Try } from '../backoff/history/call-history.ts';
import { earlyMs } from './call-interest.ts';
import { type JsonLoad, type JsonReport, type JsonShard, SCHEMA_VERSION } from './json-schema.ts';
import { webLinks } from './links.ts';
import type { ReportInput } from './report.ts';
import { runStart } from './run-start.ts';

/** The report for machines. */
export function renderJson(input: ReportInput): string {
  return [...jsonPieces(input)].join('');
}

/** What comes behind the calls, which are last. */
const END = '[]\n}';
const CALLS_AT_ONCE = 500;

/** The same, piece by piece: with 100,000 calls it is tens of MB long. */
export function* jsonPieces(input: ReportInput): Generator<string> {
  const start = runStart(input);
  yield* piecesOf(reportWithoutCalls(input), input.histories, (history) => jsonCall(history, start));
}

/** A report that was read, or put together of such. */
export function writtenAgain(report: JsonReport): Generator<string> {
  return piecesOf({ ...report, calls: [] }, report.calls, (call) => call);
}

function* piecesOf<Call>(
  withoutCalls: JsonReport,
  all: readonly Call[],
  jsonOf: (call: Call) => JsonReport['calls'][number],
): Generator<string> {
  const printed = JSON.stringify(withoutCalls, null, 2);
  if (all.length === 0) return yield `${printed}\n`;
  yield printed.slice(0, -END.length);
  for (let at = 0; at < all.length; at += CALLS_AT_ONCE) {
    const calls = all.slice(at, at + CALLS_AT_ONCE).map(jsonOf);
    // Of a list in a list the lines are as far to the right as of one in the report.
    const lines = JSON.stringify([calls], null, 2).slice('[\n  [\n'.length, -'\n  ]\n]'.length);
    yield `${at === 0 ? '[' : ','}\n${lines}`;
  }
  yield '\n  ]\n}\n';
}

function reportWithoutCalls(input: ReportInput): JsonReport {
  const { entries, outages, version, load, shard } = input;
  const { sessions, downtimes, ...verdict } = input.verdict;
  const start = runStart(input);
  return {
    schema_version: SCHEMA_VERSION,
    mock: { name: 'mock-openai', version },
    startedAt: entries[0]?.time ?? null,
    links: webLinks(input),
    verdict: {
      ...verdict,
      policy: { ...verdict.policy, retries: [...verdict.policy.retries], neverRetries: [...verdict.policy.neverRetries] },
      inFlight: { most: verdict.inFlight.most, byKey: [...verdict.inFlight.byKey], byTarget: [...verdict.inFlight.byTarget] },
      notReached: [...verdict.notReached],
      ...(downtimes === undefined ? {} : { downtimes: downtimes.map((downtime) => ({ ...downtime })) }),
      ...(sessions === undefined ? {} : { sessions: sessions.map((session) => ({ ...session })) }),
      unserved: verdict.unserved.map(({ method, path, n, advice }) => ({ method, path, n, advice })),
      findings: verdict.findings.map((finding) => ({
        ...finding,
        evidence: finding.evidence.map(({ call, entries: seqs, line }) => ({ call, entries: [...seqs], line })),
      })),
    },
    outages: outages.map(({ from, to }) => ({ fromMs: from - start, toMs: to - start })),
    ...(load === undefined ? {} : { load: load as JsonLoad }),
    ...(shard === undefined ? {} : { shard: shard as JsonShard }),
    calls: [],
  };
}

function jsonCall(history: CallHistory, start: number): JsonReport['calls'][number] {
  const { id, method, certainty, overlapping, replays, tries } = history;
  return {
    id,
    method,
    certainty,
    overlapping,
    replays: replays.map(({ seq }) => seq),
    attempts: tries.map((attempt) => jsonAttempt(attempt, history, start)),
  };
}

function jsonAttempt(attempt: Try, history: CallHistory, start: number): JsonReport['calls'][number]['attempts'][number] {
  const { entry, position, failure, asked } = attempt;
  const gaps = history.failovers.length === 0 ? history.gaps : [...history.gaps, ...history.failovers];
  // Where no tries overlap, there is one before each but the first.
  const likely = gaps[position - 2];
  const gap = likely?.after === attempt ? likely : gaps.find(({ after }) => after === attempt);
  return {
    seq: entry.seq,
    position,
    atMs: entry.t_headers - start,
    endMs: entry.t_end === null ? null : entry.t_end - start,
    status: entry.status,
    errorCode: entry.errorCode,
    failure: failure ?? null,
    faults: entry.faultApplied?.faults.map(({ name }) => name) ?? [],
    asked: asked === undefined ? null : { text: asked.text, waitMs: asked.waitMs },
    gapMs: gap?.gapMs ?? null,
    earlyMs: gap === undefined ? 0 : earlyMs(history, gap),
  };
}
