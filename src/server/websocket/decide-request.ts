import { setTimeout as sleep } from 'node:timers/promises';
import type { Incoming } from '../../exchange/incoming.ts';
import type { Destination } from '../../exchange/prepare.ts';
import type { Exchange } from '../../session/exchange.ts';
import { LEAVING_MS } from '../../session/state/session-state.ts';
import type { SessionPort } from '../engine-port.ts';

/** Has a session decide about a request that was read to its end, and that was announced to it with `begin`. */
export async function decideRequest(session: SessionPort, incoming: Incoming, destination: Destination): Promise<Exchange> {
  try {
    const prepared = session.prepare(incoming, destination);
    // A client that gave up may come back before its leaving was read: let that be read first.
    if (session.isWaiting(prepared)) await sleep(LEAVING_MS);
    return await session.receive(prepared);
  } finally {
    session.release();
  }
}
