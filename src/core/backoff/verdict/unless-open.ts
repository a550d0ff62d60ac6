import { plural } from '../../text/plural.ts';
import type { CallHistory } from '../history/call-history.ts';
import { failureText } from '../history/failure.ts';
import { mayBeRetried } from '../history/invites-retry.ts';
import { seconds } from '../kit/observation.ts';
import { isToCome } from '../kit/retried.ts';
import type { RunContext } from '../kit/rule-evidence.ts';
import type { Verdict } from './verdict.ts';

/** A pass is none while a call is open: what the client does next may speak against it. What does so already stands. */
export function unlessOpen(verdict: Verdict, calls: readonly CallHistory[], around: RunContext): Verdict {
  if (verdict.verdict !== 'pass' || around.clientEndedAt !== undefined) return verdict;
  const open = calls.filter((call) => isOpen(call, around));
  const last = open.at(-1)?.tries.at(-1);
  if (last === undefined) return verdict;
  const { t_end } = last.entry;
  const state =
    t_end === null
      ? 'a request of it is not answered yet'
      : `its last attempt (${failureText(last.entry)}) ended ${seconds(around.watchedUntil - t_end)} ago, and another may follow`;
  const which = open.length === 1 ? state : `of the last, ${state}`;
  const explain = `${plural(open.length, 'call is', 'calls are')} open: ${which}. Ask again later, or say that the client is done (ended: true, ?ended=true); so far ${verdict.explain}`;
  return { ...verdict, verdict: 'inconclusive', explain };
}

/** Whether the client may go on with the call. Of calls that cannot be told apart, another may be the next attempt. */
function isOpen({ certainty, tries }: CallHistory, around: RunContext): boolean {
  const last = tries.at(-1);
  if (last === undefined || certainty === 'ambiguous') return false;
  return last.failure === 'pending' || (mayBeRetried(last.entry) && isToCome(last, around));
}
