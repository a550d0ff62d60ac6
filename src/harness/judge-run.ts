import { asWatched } from '../core/backoff/history/as-watched.ts';
import type { CallHistory } from '../core/backoff/history/call-history.ts';
import { historiesOf } from '../core/backoff/history/history.ts';
import type { RunContext } from '../core/backoff/kit/rule-evidence.ts';
import { callIn, verdictOver } from '../core/backoff/verdict/verdict-over.ts';
import type { PolicySpec } from '../core/policy/policy-schema.ts';
import type { ReportInput } from '../core/report/report.ts';
import { judgeSession } from '../server/admin/judge-session.ts';
import type { MockServer } from '../server/start.ts';
import { sessionPolicy } from '../session/load-policy.ts';
import type { Session } from '../session/session.ts';
import { sessionOutages } from '../session/session-outages.ts';

export interface RunJudging {
  readonly policy: PolicySpec | undefined;
  readonly circumstances: Partial<RunContext>;
  /** Version of the mock. */
  readonly version: string;
}

/** Judges the client in each session by itself, and all in one; with what reports show of them. */
export function judgeRun(
  { loopDelay }: MockServer,
  [first, ...others]: readonly [Session, ...Session[]],
  { policy, circumstances, version }: RunJudging,
): ReportInput {
  const judged = (session: Session) => ({
    session: session.id,
    verdict: judgeSession(session, loopDelay, { policy, circumstances }),
  });
  const seen = [first, ...others].map((session) => {
    const entries = asWatched(session.journal(), circumstances);
    const histories = historiesOf(entries, sessionPolicy(session, policy).calls);
    return {
      entries,
      histories: others.length === 0 ? histories : histories.map(named(session)),
      outages: sessionOutages(session, entries),
    };
  });
  return {
    verdict: verdictOver([judged(first), ...others.map(judged)]),
    entries: seen.flatMap(({ entries }) => entries).sort((a, b) => a.t_headers - b.t_headers),
    histories: seen.flatMap(({ histories }) => histories),
    outages: seen.flatMap(({ outages }) => outages),
    version,
  };
}

function named({ id }: Session): (history: CallHistory) => CallHistory {
  return (history) => ({ ...history, id: callIn(id, history.id) });
}
