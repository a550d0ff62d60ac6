import { groupBy } from '../../collections/group-by.ts';
import { failureKnownAt } from '../../journal/calls.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import type { CallHistory } from './call-history.ts';

/** Within this time after a failure the same question elsewhere may be its retry. */
const SOON_MS = 60_000;

/** Calls without a name that ended in a failure, and that the client may have tried elsewhere. */
interface Failovers {
  /** The same body came with another key. */
  readonly toAnotherKey: ReadonlySet<CallHistory>;
  /** A body of the same length but for the name of the model came with another model: what it says the journal does not keep. */
  readonly toAnotherModel: ReadonlySet<CallHistory>;
}

/** Where calls that failed may have gone on as calls of their own: to another key, or another model. Each goes on at most once. */
export function failoversOf(calls: readonly CallHistory[]): Failovers {
  const unnamed = calls.filter(({ method }) => method === 'first' || method === 'fingerprint');
  return {
    toAnotherKey: followedIn(
      unnamed,
      (entry) => entry.bodySha256,
      ({ authorizationHash }) => authorizationHash,
    ),
    toAnotherModel: followedIn(
      unnamed,
      ({ bodyBytes, model, authorizationHash }) => `${bodyBytes - (model ?? '').length} ${authorizationHash}`,
      ({ model }) => model,
    ),
  };
}

function followedIn(
  calls: readonly CallHistory[],
  sameOf: (entry: JournalEntry) => string,
  targetOf: (entry: JournalEntry) => string | null,
): Set<CallHistory> {
  const alike = groupBy(calls, ({ tries: [first] }) =>
    first === undefined ? '' : `${first.entry.method} ${first.entry.path} ${sameOf(first.entry)}`,
  );
  const found = new Set<CallHistory>();
  for (const group of alike.values()) {
    const unused = group.toSorted((a, b) => startOf(a) - startOf(b));
    for (const call of [...unused]) {
      const last = call.tries.at(-1);
      const from = last?.failure === undefined ? null : failureKnownAt(last.entry);
      if (last === undefined || from === null) continue;
      const at = unused.findIndex(
        (next) =>
          startOf(next) >= from &&
          startOf(next) < from + SOON_MS &&
          next.tries[0] !== undefined &&
          targetOf(next.tries[0].entry) !== targetOf(last.entry),
      );
      if (at < 0) continue;
      unused.splice(at, 1);
      found.add(call);
    }
  }
  return found;
}

function startOf({ tries }: CallHistory): number {
  return tries[0]?.entry.t_headers ?? 0;
}
