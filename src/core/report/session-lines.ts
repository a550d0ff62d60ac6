import type { Verdict } from '../backoff/verdict/verdict.ts';
import { callText } from './call-text.ts';

/** Sessions that reports name. */
const SHOWN = 30;
const ORDER = ['fail', 'warn', 'inconclusive', 'pass'] as const;

/** `checkout: FAIL, the client breaks 1 rule: never_early`, a line a session, those first that do not pass. */
export function sessionLines({ sessions = [] }: Verdict): string[] {
  const sorted = [...sessions].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  const lines = sorted
    .slice(0, SHOWN)
    .map(({ session, verdict, explain }) => `${callText(session)}: ${verdict.toUpperCase()}, ${explain}`);
  return sessions.length > SHOWN ? [...lines, `and ${sessions.length - SHOWN} more sessions; report.json has them all`] : lines;
}
