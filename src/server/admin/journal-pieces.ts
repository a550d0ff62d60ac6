import { nextTurn } from '../../session/next-turn.ts';
import type { Session } from '../../session/session.ts';
import type { LoopDelayMonitor } from '../timing/loop-delay.ts';

/** Characters of one piece. */
const PIECE_LENGTH = 32 * 1_024;

/** The journal of a session after a `seq` as JSON, piece by piece: other requests are answered in between. */
export async function* journalPieces(session: Session, since: number, loopDelay: LoopDelayMonitor): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let next = since;
  let piece = '{"entries":[';
  let comma = '';
  for (const entry of session.entries(since)) {
    piece += `${comma}${JSON.stringify(entry)}`;
    comma = ',';
    next = entry.seq;
    if (piece.length < PIECE_LENGTH) continue;
    yield encoder.encode(piece);
    piece = '';
    await nextTurn();
  }
  const rest = { next, dropped: session.dropped, event_loop_delay_ms: loopDelay.history() };
  yield encoder.encode(`${piece}],${JSON.stringify(rest).slice(1)}`);
}
