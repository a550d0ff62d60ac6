import { asWatched } from '../core/backoff/as-watched.ts';
import { judge } from '../core/backoff/judge.ts';
import type { Policy } from '../core/backoff/policy.ts';
import type { Circumstances } from '../core/backoff/subject.ts';
import { unlessOpen } from '../core/backoff/unless-open.ts';
import type { Verdict } from '../core/backoff/verdict.ts';
import type { Session } from './session.ts';

/** Judges the client of a session by what its journal shows. */
export function verdictOn(session: Session, policy: Policy, circumstances: Partial<Circumstances> = {}): Verdict {
  const entries = asWatched(session.journal(), circumstances);
  const around = { watchedUntil: session.now, outages: session.outages(entries), ...circumstances };
  return unlessOpen(judge(entries, around, policy, session.scenarioUse()), entries, around);
}
