import { atOnce, type Steps } from '../core/at-once.ts';
import { asWatched } from '../core/backoff/history/as-watched.ts';
import type { CallHistory } from '../core/backoff/history/call-history.ts';
import type { Outage, RunContext } from '../core/backoff/kit/rule-evidence.ts';
import { gatherEvidence } from '../core/backoff/verdict/evidence-set.ts';
import { askRules, type ScenarioUse, verdictOf } from '../core/backoff/verdict/judge.ts';
import { unlessOpen } from '../core/backoff/verdict/unless-open.ts';
import type { Verdict } from '../core/backoff/verdict/verdict.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import type { Policy } from '../core/policy/policy.ts';
import { entriesToJudge } from './entries-to-judge.ts';
import type { Session } from './session.ts';
import { sessionOutages } from './session-outages.ts';

/** A verdict, and what it was made of. */
export interface Judged {
  readonly verdict: Verdict;
  readonly entries: readonly JournalEntry[];
  readonly histories: readonly CallHistory[];
  readonly outages: readonly Outage[];
}

/** Judges the client of sessions that belong together by what their journals show. */
export function verdictOn(
  sessions: readonly [Session, ...Session[]],
  policy: Policy,
  circumstances: Partial<RunContext> = {},
): Verdict {
  return atOnce(judgeClient(sessions, policy, circumstances)).verdict;
}

/** See `verdictOn`. Between the steps requests may go on: what they do is not judged. */
export function* judgeClient(
  sessions: readonly [Session, ...Session[]],
  policy: Policy,
  circumstances: Partial<RunContext> = {},
): Steps<Judged> {
  const watched = { watchedUntil: sessions[0].now, ...circumstances };
  const scenario = useOver(sessions);
  const entries = asWatched(numbered(yield* entriesToJudge(sessions, policy.calls), sessions.length), watched);
  const downtimes = sessions[0].downtimes();
  const outages = sessions.flatMap((session) => sessionOutages(session, entriesOf(session, entries, sessions.length)));
  yield;
  const around = {
    outages,
    ...(downtimes.length === 0 ? {} : { downtimes }),
    ...watched,
    ...(sessions.length > 1 ? { together: true as const } : {}),
  };
  const heard = yield* gatherEvidence(entries, around, policy);
  yield;
  const findings = yield* askRules(heard);
  const verdict = unlessOpen(verdictOf(findings, heard, scenario), heard.calls, around);
  return { verdict, entries, histories: heard.calls, outages };
}

/** Where several sessions count their entries, in one order. */
function numbered(entries: readonly JournalEntry[], sessions: number): readonly JournalEntry[] {
  return sessions === 1 ? entries : entries.map((entry, index) => ({ ...entry, seq: index + 1 }));
}

function entriesOf({ id }: Session, entries: readonly JournalEntry[], sessions: number): readonly JournalEntry[] {
  return sessions === 1 ? entries : entries.filter(({ session }) => session === id);
}

/** The scenario, and how often each part of it struck; the parts of further services under their names. */
export function useOver([first, ...others]: readonly [Session, ...Session[]]): ScenarioUse {
  const use = first.scenarioUse();
  const further = others.flatMap((session) =>
    session.scenarioUse().rules.map((rule) => ({ ...rule, id: `${session.id}: ${rule.id}` })),
  );
  return { ...use, rules: [...use.rules, ...further] };
}
