import { atOnce } from '../core/at-once.ts';
import type { CallHistory } from '../core/backoff/history/call-history.ts';
import type { RunContext } from '../core/backoff/kit/rule-evidence.ts';
import { callIn, verdictOver } from '../core/backoff/verdict/verdict-over.ts';
import type { JournalEntry } from '../core/journal/entry.ts';
import type { PolicySpec } from '../core/policy/policy-schema.ts';
import type { ReportInput } from '../core/report/report.ts';
import { judgeSessionInSteps } from '../server/admin/judge-session.ts';
import type { MockServer } from '../server/start.ts';
import type { Session } from '../session/session.ts';
import { sessionCourses } from '../session/session-courses.ts';

export interface RunJudging {
  readonly policy: PolicySpec | undefined;
  readonly circumstances: Partial<RunContext>;
  /** Version of the mock. */
  readonly version: string;
}

/** Judges the client in each session by itself, and all in one; with what reports show of them. */
export function judgeRun(
  { engine, loopDelay }: MockServer,
  [session, ...sessions]: readonly [Session, ...Session[]],
  { policy, circumstances, version }: RunJudging,
): ReportInput {
  const first = engine.judgedWith(session);
  const others = sessions.filter((other) => !first.includes(other)).map((other) => engine.judgedWith(other));
  const judged = (together: readonly [Session, ...Session[]]) => ({
    session: together[0].id,
    ...atOnce(judgeSessionInSteps(together, loopDelay, { policy, circumstances })),
  });
  const one = judged(first);
  const courses = (entries: readonly JournalEntry[]) => sessionCourses([first, ...others].flat(), entries);
  if (others.length === 0) {
    const { entries, histories, outages } = one;
    return { verdict: verdictOver([one]), entries, histories, outages, courses: courses(entries), version };
  }
  const rest = uniqueBySession(others.map(judged));
  const all = [one, ...rest];
  const entries = all.flatMap((each) => each.entries).sort((a, b) => a.t_headers - b.t_headers);
  return {
    verdict: verdictOver([one, ...rest]),
    entries,
    histories: all.flatMap(({ session: id, histories }) => histories.map(named(id))),
    outages: all.flatMap(({ outages }) => outages),
    courses: courses(entries),
    version,
  };
}

/** The sessions of one scenario are judged once, whichever of them a request came to first. */
function uniqueBySession<One extends { readonly session: string }>(judged: readonly One[]): One[] {
  return [...new Map(judged.map((one) => [one.session, one])).values()];
}

function named(session: string): (history: CallHistory) => CallHistory {
  return (history) => ({ ...history, id: callIn(session, history.id) });
}
