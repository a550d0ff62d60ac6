import type { Steps } from '../core/at-once.ts';
import { type Call, callsOf } from '../core/journal/calls.ts';
import { readEntries } from './read-entries.ts';
import type { Session } from './session.ts';

/** The calls of a session. What was not read to its end belongs to none. */
export function* readCalls(session: Session): Steps<Call[]> {
  const entries = yield* readEntries(session);
  yield;
  const calls = callsOf(entries.filter(({ t_bodyEnd }) => t_bodyEnd !== null));
  yield;
  return calls;
}
