import type { Outage } from '../core/backoff/kit/rule-evidence.ts';
import type { Downtime } from '../core/journal/downtime.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import type { BrownOut } from '../core/load/load-run.ts';
import type { Engine } from '../session/engine.ts';
import type { Session } from '../session/session.ts';
import { sessionBrownOuts, sessionOutages } from '../session/session-outages.ts';

/** The sessions that a load is judged by: the service at /v1, and the providers of the scenario. */
export function loadSessions(engine: Engine): readonly [Session, ...Session[]] {
  return engine.judgedWith(engine.defaultSession);
}

/** Their entries, in the order in which they came, under one numbering. */
export function loadJournal(engine: Engine): readonly JournalEntry[] {
  return inOneOrder(loadSessions(engine).map((session) => session.journal()));
}

/** Entries of several sessions, in the order in which they came; each session has numbers of its own. */
export function inOneOrder(journals: readonly (readonly JournalEntry[])[]): readonly JournalEntry[] {
  const [first = [], ...others] = journals;
  if (others.every(({ length }) => length === 0)) return first;
  const all = journals.flat().sort((a, b) => a.t_headers - b.t_headers);
  return all.map((entry, index) => ({ ...entry, seq: index + 1 }));
}

/** The outages of a load, when its server was down, and the brown-outs in which more than the share that is given failed. */
export function loadTroubles(
  engine: Engine,
  entries: readonly JournalEntry[],
  brownOut: number | undefined,
): { readonly outages: readonly Outage[]; readonly downtimes: readonly Downtime[]; readonly brownOuts: readonly BrownOut[] } {
  const sessions = loadSessions(engine).map((session) => ({
    session,
    own: entries.filter((entry) => entry.session === session.id),
  }));
  return {
    downtimes: engine.defaultSession.downtimes(),
    outages: sessions.flatMap(({ session, own }) => sessionOutages(session, own)),
    brownOuts: brownOut === undefined ? [] : sessions.flatMap(({ session, own }) => sessionBrownOuts(session, own, brownOut)),
  };
}
