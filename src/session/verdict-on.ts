import { asWatched } from '../core/backoff/history/as-watched.ts';
import type { RunContext } from '../core/backoff/kit/rule-evidence.ts';
import { judge } from '../core/backoff/verdict/judge.ts';
import { unlessOpen } from '../core/backoff/verdict/unless-open.ts';
import type { Verdict } from '../core/backoff/verdict/verdict.ts';
import type { Policy } from '../core/policy/policy.ts';
import type { Session } from './session.ts';
import { sessionOutages } from './session-outages.ts';

/** Judges the client of a session by what its journal shows. */
export function verdictOn(session: Session, policy: Policy, circumstances: Partial<RunContext> = {}): Verdict {
  const entries = asWatched(session.journal(), circumstances);
  const around = { watchedUntil: session.now, outages: sessionOutages(session, entries), ...circumstances };
  return unlessOpen(judge(entries, around, policy, session.scenarioUse()), entries, around);
}
