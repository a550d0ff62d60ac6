import type { CallHistory } from '../core/backoff/history/call-history.ts';
import { earlyOf } from '../core/backoff/kit/judge-early.ts';
import { seconds } from '../core/backoff/kit/observation.ts';
import { largest } from '../core/collections/largest.ts';
import { plural } from '../core/text/plural.ts';
import type { Outcome } from './matcher.ts';

/** Whether no retry came before the wait was over that the answer before it had asked for. */
export function honouredRetryAfter(calls: readonly CallHistory[]): Outcome {
  const asked = calls
    .filter(({ certainty }) => certainty !== 'ambiguous')
    .flatMap((call) => call.gaps.filter((gap) => gap.before.asked?.dueAt != null).map((gap) => earlyOf(call, gap)));
  if (asked.length === 0) return { holds: 'undecided', found: 'no retry followed an answer that asked for a wait' };
  const early = asked.filter((ms) => ms > 0);
  if (early.length === 0) return { holds: true, found: `${asked.length} of ${plural(asked.length, 'retry')} waited as asked` };
  const earliest = seconds(largest(early));
  return { holds: false, found: `${early.length} of ${plural(asked.length, 'retry')} came too early, by up to ${earliest}` };
}
