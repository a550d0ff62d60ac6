import { atOnce, type Steps } from '../core/at-once.ts';
import { asWatched } from '../core/backoff/history/as-watched.ts';
import type { CallHistory } from '../core/backoff/history/call-history.ts';
import type { Outage, RunContext } from '../core/backoff/kit/rule-evidence.ts';
import { askRules, gatherEvidence, verdictOf } from '../core/backoff/verdict/judge.ts';
import { unlessOpen } from '../core/backoff/verdict/unless-open.ts';
import type { Verdict } from '../core/backoff/verdict/verdict.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import type { Policy } from '../core/policy/policy.ts';
import { readEntries } from './read-entries.ts';
import type { Session } from './session.ts';
import { sessionOutages } from './session-outages.ts';

/** A verdict, and what it was made of. */
export interface Judged {
  readonly verdict: Verdict;
  readonly entries: readonly JournalEntry[];
  readonly histories: readonly CallHistory[];
  readonly outages: readonly Outage[];
}

/** Judges the client of a session by what its journal shows. */
export function verdictOn(session: Session, policy: Policy, circumstances: Partial<RunContext> = {}): Verdict {
  return atOnce(judgeClient(session, policy, circumstances)).verdict;
}

/** See `verdictOn`. Between the steps requests may go on: what they do is not judged. */
export function* judgeClient(session: Session, policy: Policy, circumstances: Partial<RunContext> = {}): Steps<Judged> {
  const watched = { watchedUntil: session.now, ...circumstances };
  const scenario = session.scenarioUse();
  const entries = asWatched(yield* readEntries(session), watched);
  const outages = sessionOutages(session, entries);
  yield;
  const around = { outages, ...watched };
  const heard = yield* gatherEvidence(entries, around, policy);
  yield;
  const findings = yield* askRules(heard);
  const verdict = unlessOpen(verdictOf(findings, heard, scenario), heard.calls, around);
  return { verdict, entries, histories: heard.calls, outages };
}
