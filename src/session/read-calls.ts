import type { Steps } from '../core/at-once.ts';
import { type Call, callsInSteps } from '../core/journal/calls.ts';
import { readEntriesOver } from './read-entries.ts';
import type { Session } from './session.ts';

/** The calls of sessions that belong together. What was not read to its end belongs to none. */
export function* readCalls(sessions: readonly [Session, ...Session[]]): Steps<Call[]> {
  const entries = yield* readEntriesOver(sessions, false);
  yield;
  return yield* callsInSteps(entries.filter(({ t_bodyEnd }) => t_bodyEnd !== null));
}
