import type { JournalEntry } from '../../core/journal/entry.ts';
import type { Session } from '../../session/session.ts';
import type { LoopDelayMonitor } from '../timing/loop-delay.ts';
import { jsonList } from './json-list.ts';

/** The journal of a session after a `seq` as JSON, piece by piece. */
export function journalPieces(session: Session, since: number, loopDelay: LoopDelayMonitor): AsyncGenerator<Uint8Array> {
  let next = since;
  function* entries(): Generator<JournalEntry> {
    for (const entry of session.entries(since)) {
      next = entry.seq;
      yield entry;
    }
  }
  const rest = () => ({ next, dropped: session.dropped, event_loop_delay_ms: loopDelay.history() });
  return jsonList('entries', entries(), rest);
}
