import { groupBy } from '../../collections/group-by.ts';
import type { DeclaredCalls } from '../../correlation/declared-calls.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { plural } from '../../text/plural.ts';
import type { CallHistory } from './call-history.ts';
import { dealingsOf } from './dealings.ts';
import { episodesOf, historyOf } from './history-of.ts';
import { hasSucceeded, leastCalls, mayGoOnFrom } from './least-calls.ts';

/** The calls of requests that a declaration speaks of. */
export interface DeclaredHistories {
  readonly histories: readonly CallHistory[];
  /**
   * Ways to deal the requests out to calls, where the declaration leaves several: what not all of them show is not certain. The
   * histories are the first of them then.
   */
  readonly dealings: readonly (readonly CallHistory[])[];
  /** How the requests contradict the declaration, in one sentence; undefined where they do not. */
  readonly contradiction: string | undefined;
}

/** Requests that the path gives no name, in the order of their arrival; `named` calls have one. */
export function declaredHistories(
  entries: readonly JournalEntry[],
  { calls, named }: { readonly calls: DeclaredCalls; readonly named: number },
): DeclaredHistories {
  const bodies = [...groupBy(entries, questionsOf(entries)).values()];
  if (calls === 'unique') return uniqueHistories(bodies, 'unique');
  const left = calls - named;
  const least = bodies.reduce((sum, body) => sum + leastCalls(body), 0);
  const contradicted = (but: string): DeclaredHistories => ({
    histories: asRecognised(entries),
    dealings: [],
    contradiction: `calls: ${calls}, but ${but}`,
  });
  if (left < bodies.length) {
    const beside = named === 0 ? '' : `, and ${plural(named, 'call')} that the path names`;
    return contradicted(`${plural(bodies.length, 'different request')} came${beside}`);
  }
  if (entries.length < left) return contradicted(`only ${plural(entries.length + named, 'request')} came`);
  if (left === bodies.length) return uniqueHistories(bodies, `${calls}`);
  if (left < least)
    return contradicted(`the successes, and the requests that were under way at once, are those of ${least + named}`);
  if (left === entries.length) {
    const histories = entries.map((entry) => declaredHistory([entry]));
    return { histories, dealings: [], contradiction: undefined };
  }
  const dealings = dealingsOf(bodies, left);
  const histories = dealings[0]?.map((history) => ({ ...history, certainty: 'ambiguous' as const })) ?? asRecognised(entries);
  return { histories, dealings, contradiction: undefined };
}

/** As many calls as bodies; those that contradict it are ambiguous. */
function uniqueHistories(bodies: readonly (readonly JournalEntry[])[], declared: string): DeclaredHistories {
  const judged = bodies.map((body) => ({ body, repeat: repeatIn(body) }));
  const repeats = judged.flatMap(({ repeat }) => (repeat === undefined ? [] : [repeat]));
  const more = repeats.length > 1 ? `, and ${plural(repeats.length - 1, 'more request')} like it` : '';
  return {
    histories: judged.flatMap(({ body, repeat }) => (repeat === undefined ? [declaredHistory(body)] : asRecognised(body))),
    dealings: [],
    contradiction: repeats.length === 0 ? undefined : `calls: ${declared}, but ${repeats[0]}${more}`,
  };
}

/** How the requests, in the order of their arrival, show that they are those of several calls; undefined where they do not. */
function repeatIn(body: readonly JournalEntry[]): string | undefined {
  const over = new Foremost((a, b) => endOf(a) < endOf(b));
  const underWay = new Foremost((a, b) => openUntil(a) > openUntil(b));
  for (const entry of body) {
    const { found: succeeded } = over;
    if (succeeded !== undefined && endOf(succeeded) <= entry.t_headers)
      return `the request of seq ${succeeded.seq} was made again after it had succeeded (seq ${entry.seq})`;
    // A client leaves one of two hedges, or has run out of patience.
    if (entry.closedBy === 'client') continue;
    const { found: open } = underWay;
    if (open !== undefined && openUntil(open) > entry.t_headers)
      return `the request of seq ${open.seq} was made again while it was under way (seq ${entry.seq})`;
    underWay.see(entry);
    if (hasSucceeded(entry)) over.see(entry);
  }
  return undefined;
}

/** Of the entries that were seen, the one that goes before all others. */
class Foremost {
  found: JournalEntry | undefined;
  readonly #goesBefore: (a: JournalEntry, b: JournalEntry) => boolean;

  constructor(goesBefore: (a: JournalEntry, b: JournalEntry) => boolean) {
    this.#goesBefore = goesBefore;
  }

  see(entry: JournalEntry): void {
    if (this.found === undefined || this.#goesBefore(entry, this.found)) this.found = entry;
  }
}

function endOf({ t_end }: JournalEntry): number {
  return t_end ?? Number.POSITIVE_INFINITY;
}

/** Until when no client can know what became of it. */
function openUntil(entry: JournalEntry): number {
  return mayGoOnFrom(entry) ?? endOf(entry);
}

function declaredHistory(body: readonly JournalEntry[]): CallHistory {
  return { ...historyOf(body[0]?.logicalId ?? '', body, false), method: 'declared', certainty: 'exact' };
}

/** As they were recognised when they came, which is in doubt. */
function asRecognised(entries: readonly JournalEntry[]): CallHistory[] {
  return [...groupBy(entries, ({ logicalId }) => logicalId)].flatMap(([id, group]) =>
    episodesOf(group).map((episode) => ({ ...historyOf(id, episode, false), certainty: 'ambiguous' as const })),
  );
}

/**
 * What a request asks: its method, path and canonical body. A body that is not kept any more has none: its bytes tell which other
 * it is equal to.
 */
function questionsOf(entries: readonly JournalEntry[]): (entry: JournalEntry) => string {
  const canonical = new Map<string, string>();
  for (const { bodySha256, bodyShaCanonical } of entries)
    if (bodyShaCanonical !== null) canonical.set(bodySha256, bodyShaCanonical);
  return ({ method, path, bodySha256 }) => `${method} ${path} ${canonical.get(bodySha256) ?? bodySha256}`;
}
