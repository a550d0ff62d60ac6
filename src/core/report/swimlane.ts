import type { CallHistory, Try } from '../backoff/history/call-history.ts';
import { byInterest, earlyMs } from './call-interest.ts';
import { callText } from './call-text.ts';
import type { ReportInput } from './report.ts';
import { runStart } from './run-start.ts';

/** How an attempt ended, as a picture tells it apart. */
export type AttemptKind = 'success' | 'limited' | 'server' | 'client' | 'transport' | 'broken' | 'left' | 'pending';

/** One attempt in its lane. Times in seconds since the first request. */
interface LaneAttempt {
  readonly lane: string;
  readonly seq: number;
  readonly position: number;
  readonly at: number;
  readonly end: number;
  readonly kind: AttemptKind;
  readonly status: number | null;
  readonly early: number;
}

/** A wait that an answer asked for. Times in seconds since the first request. */
interface LaneWait {
  readonly lane: string;
  readonly from: number;
  readonly to: number;
}

export interface Swimlane {
  /** Names of the lanes, from top to bottom. */
  readonly lanes: readonly string[];
  readonly attempts: readonly LaneAttempt[];
  readonly waits: readonly LaneWait[];
  /** From a retry that came early to the moment it was told to come. */
  readonly early: readonly LaneWait[];
  /** When the picture ends. */
  readonly end: number;
  /** Retries of the whole run that came early. */
  readonly earlyRetries: number;
  readonly callsLeftOut: number;
  /** Of the calls that are shown. */
  readonly attemptsLeftOut: number;
}

/** Lanes of a picture, and attempts of a lane, that people can still tell apart. */
const LANES = 40;
const ATTEMPTS = 120;
/** Longest name beside a lane, in characters. */
const NAME = 22;

/** A lane for each call, the most telling ones if there are many, in order of time. */
export function swimlaneOf(input: ReportInput): Swimlane {
  const { verdict, histories } = input;
  const start = runStart(input);
  const quoted = new Set(verdict.findings.flatMap(({ evidence }) => evidence.map(({ call }) => call)));
  const chosen = new Set(byInterest(histories, quoted).slice(0, LANES));
  const shown = histories.filter((history) => chosen.has(history));
  const names = laneNames(shown);
  const rows = shown.map((history, index) => laneOf(history, names[index] ?? '', start));
  const attempts = rows.flatMap((row) => row.attempts);
  const ends = attempts.map(({ end }) => end);
  return {
    lanes: names,
    attempts,
    waits: rows.flatMap((row) => row.waits),
    early: rows.flatMap((row) => row.early),
    end: ends.reduce((latest, end) => Math.max(latest, end), 0),
    earlyRetries: histories.reduce((sum, history) => sum + history.gaps.filter((gap) => earlyMs(history, gap) > 0).length, 0),
    callsLeftOut: histories.length - shown.length,
    attemptsLeftOut: rows.reduce((sum, { leftOut }) => sum + leftOut, 0),
  };
}

/** Short names that differ: calls of one id, or whose ids are alike when shortened, get a number. */
function laneNames(histories: readonly CallHistory[]): string[] {
  const seen = new Map<string, number>();
  return histories.map(({ id }) => {
    const name = callText(id, NAME);
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

function laneOf(history: CallHistory, lane: string, start: number) {
  const tries = thinned(history.tries);
  const since = (at: number) => (at - start) / 1_000;
  const earliness = new Map(history.gaps.map((gap) => [gap.after, earlyMs(history, gap)]));
  const attempts = tries.map((attempt): LaneAttempt => {
    const { entry, position } = attempt;
    const early = earliness.get(attempt) ?? 0;
    return {
      lane,
      seq: entry.seq,
      position,
      at: since(entry.t_headers),
      end: since(entry.t_end ?? entry.t_headers),
      kind: kindOf(attempt),
      status: entry.status,
      early: early / 1_000,
    };
  });
  const waits = tries.flatMap(({ entry, asked }): LaneWait[] =>
    asked?.dueAt == null ? [] : [{ lane, from: since(entry.t_firstByteBefore ?? entry.t_headers), to: since(asked.dueAt) }],
  );
  const early = attempts
    .filter((attempt) => attempt.early > 0)
    .map((attempt): LaneWait => ({ lane, from: attempt.at, to: attempt.at + attempt.early }));
  return { attempts, waits, early, leftOut: history.tries.length - tries.length };
}

/** All, or as many as can be told apart, spread evenly from the first to the last. */
function thinned(tries: readonly Try[]): readonly Try[] {
  if (tries.length <= ATTEMPTS) return tries;
  const step = (tries.length - 1) / (ATTEMPTS - 1);
  return Array.from({ length: ATTEMPTS }, (_, i) => tries[Math.round(i * step)]).filter((attempt) => attempt !== undefined);
}

function kindOf({ failure, entry }: Try): AttemptKind {
  switch (failure) {
    case undefined:
      return 'success';
    case 'abandoned':
      return 'left';
    case 'content':
      return 'broken';
    case 'transport':
    case 'pending':
      return failure;
    case 'status':
      if (entry.status === 429) return 'limited';
      return (entry.status ?? 0) >= 500 ? 'server' : 'client';
  }
}
