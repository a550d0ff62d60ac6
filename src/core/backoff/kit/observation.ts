import type { CallHistory, Gap, Try } from '../history/call-history.ts';
import { failureText } from '../history/failure.ts';
import type { Observation } from './finding.ts';
import { foldedChain } from './folded-chain.ts';
import { seconds } from './seconds.ts';

export { seconds };

/** The clock of what was watched for a limited time only: `censored@12.000s` (backoff.md 7). */
export function censored(ms: number): string {
  return `censored@${seconds(ms).replace(' ', '')}`;
}

/** `attempt 1: 429 Retry-After 30`. */
export function tryText({ position, entry, asked }: Try): string {
  const answer = asked === undefined ? failureText(entry) : `${entry.status} ${asked.text}`;
  return `attempt ${position}: ${answer}`;
}

/** `attempt 1: 429 Retry-After 30 → attempt 2 after 2.004 s, 27.996 s early`. */
export function gapObservation(call: CallHistory, { before, after, gapMs }: Gap, remark?: string): Observation {
  const line = `${tryText(before)} → attempt ${after.position} after ${seconds(gapMs)}`;
  return {
    call: call.id,
    entries: [before.entry.seq, after.entry.seq],
    line: remark === undefined ? line : `${line}, ${remark}`,
  };
}

/** All tries of a call in one line, equal ones folded: `429 → 0.5 s → 429 → 1.1 s → 200`. */
export function callObservation(call: CallHistory, remark?: string): Observation {
  const line = foldedChain(call);
  return {
    call: call.id,
    entries: call.tries.map(({ entry }) => entry.seq),
    line: remark === undefined ? line : `${line}: ${remark}`,
  };
}

/** One try in a line of its own. */
export function tryObservation(call: CallHistory, attempt: Try, remark: string): Observation {
  return { call: call.id, entries: [attempt.entry.seq], line: `${tryText(attempt)}: ${remark}` };
}
