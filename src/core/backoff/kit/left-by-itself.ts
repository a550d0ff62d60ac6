import type { Try } from '../history/call-history.ts';
import type { RuleEvidence } from './rule-evidence.ts';

/** A connection that closes so close to the end of the program was closed by that end. */
const AT_EXIT_MS = 250;

/** Whether the client left the attempt, and not because its program ended. */
export function leftByItself(
  { entry }: Try,
  { clientEndedAt, killedAt }: Pick<RuleEvidence, 'clientEndedAt' | 'killedAt'>,
): boolean {
  const { t_clientClose: leftAt } = entry;
  if (leftAt === null) return false;
  return [clientEndedAt, killedAt].every((end) => end === undefined || leftAt < end - AT_EXIT_MS);
}
