import type { Steps } from '../../at-once.ts';
import { groupBy } from '../../collections/group-by.ts';
import { groupByInSteps } from '../../collections/group-by-in-steps.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { perObjectInSteps } from '../../memo/per-object-in-steps.ts';
import { targetOf } from './target.ts';

/** Requests in flight at one moment. */
export interface Peak {
  /** The largest number of them. */
  readonly most: number;
  /** When it was reached first, on the journal's clock; null where nothing was in flight. */
  readonly at: number | null;
  /** Those that were in flight then, in the order of their arrival. */
  readonly entries: readonly JournalEntry[];
}

/** The largest number in flight with one key. */
interface KeyPeak {
  /** The first 16 hex digits of the hash of the Authorization header; null without one. */
  readonly key: string | null;
  readonly most: number;
}

/** The largest number in flight to one target. */
interface TargetPeak extends KeyPeak {
  readonly session: string;
  readonly model: string | null;
}

/** The largest numbers of requests that were in flight at once. */
export interface InFlight {
  /** In all. */
  readonly most: number;
  /** Those with the largest numbers first. */
  readonly byKey: readonly KeyPeak[];
  readonly byTarget: readonly TargetPeak[];
}

/** Keys, and targets, that are told at most. */
const TOLD = 20;

/** When a request ended; it is in flight up to then. Undefined for one that is still under way. */
export type EndOf = (entry: JournalEntry) => number | undefined;

/** From the head of the request until the exchange is over. */
const endSeen: EndOf = ({ t_end: end }) => end ?? undefined;

/** The largest number in flight at once. One that ends in the very moment in which another begins is over before it. */
export function peakOf(entries: readonly JournalEntry[], endOf: EndOf = endSeen): Peak {
  const requests = entries.filter(isRequest);
  const { most, at } = mostAtOnce(requests, endOf);
  const isThen = (entry: JournalEntry) => at !== null && entry.t_headers <= at && (endOf(entry) ?? Number.POSITIVE_INFINITY) > at;
  return { most, at, entries: requests.filter(isThen).sort((a, b) => a.t_headers - b.t_headers) };
}

function mostAtOnce(requests: readonly JournalEntry[], endOf: EndOf): Omit<Peak, 'entries'> {
  const begins = Float64Array.from(requests, ({ t_headers: begin }) => begin).sort();
  const ends = Float64Array.from(requests, (entry) => endOf(entry) ?? Number.POSITIVE_INFINITY).sort();
  let [most, over] = [0, 0];
  let at: number | null = null;
  for (const [begun, begin] of begins.entries()) {
    while ((ends[over] ?? Number.POSITIVE_INFINITY) <= begin) over += 1;
    if (begun + 1 - over <= most) continue;
    most = begun + 1 - over;
    at = begin;
  }
  return { most, at };
}

/** The largest numbers in flight, in all, with each key and to each target. */
export const inFlightOf = perObjectInSteps(function* (entries: readonly JournalEntry[]): Steps<InFlight> {
  const requests = entries.filter(isRequest);
  const { most } = mostAtOnce(requests, endSeen);
  yield;
  const mostOf = (group: readonly JournalEntry[]) => (group.length === requests.length ? most : mostAtOnce(group, endSeen).most);
  const keys = yield* groupByInSteps(requests, ({ authorizationHash }) => authorizationHash);
  const byKey: KeyPeak[] = [];
  for (const [key, group] of keys) byKey.push({ key, most: mostOf(group) });
  yield;
  const targets = yield* groupByInSteps(requests, targetOf);
  const byTarget: TargetPeak[] = [];
  for (const group of targets.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { session, authorizationHash: key, model } = first;
    byTarget.push({ session, key, model, most: mostOf(group) });
  }
  return { most, byKey: largest(byKey), byTarget: largest(byTarget) };
});

/** Of sessions that are no one world, whose requests are not held against each other: the largest of any. */
export function inFlightOver(sessions: readonly InFlight[]): InFlight {
  const keys = [
    ...groupBy(
      sessions.flatMap(({ byKey }) => byKey),
      ({ key }) => key,
    ).entries(),
  ];
  return {
    most: sessions.reduce((largestYet, { most }) => Math.max(largestYet, most), 0),
    byKey: largest(
      keys.map(([key, peaks]) => ({ key, most: peaks.reduce((largestYet, { most }) => Math.max(largestYet, most), 0) })),
    ),
    byTarget: largest(sessions.flatMap(({ byTarget }) => byTarget)),
  };
}

/** What was refused as a connection asked for nothing. */
function isRequest({ method }: JournalEntry): boolean {
  return method !== '';
}

function largest<Peak extends KeyPeak>(peaks: readonly Peak[]): readonly Peak[] {
  return peaks.toSorted((one, other) => other.most - one.most).slice(0, TOLD);
}
