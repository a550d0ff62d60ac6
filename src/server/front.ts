import type { Clock } from '../core/clock.ts';
import type { Exchange } from '../engine/exchange.ts';
import type { Incoming } from '../engine/incoming.ts';
import type { Destination, Prepared } from '../engine/prepare.ts';
import type { Session } from '../engine/session.ts';

/** What is asked of a session, be it here or in another process. */
export interface Desk extends Pick<Session, 'maxBodyBytes' | 'begin' | 'release' | 'prepare' | 'isWaiting' | 'abandoned'> {
  refuse(incoming: Incoming, destination: Destination): Exchange | undefined | Promise<Exchange | undefined>;
  receive(prepared: Prepared): Exchange | Promise<Exchange>;
}

/** What is asked of an engine. */
export interface Front {
  readonly clock: Clock;
  readonly defaultSession: Desk;
  /** Throws a SessionsFullError when it is known here that there is no room for another one. */
  session(id: string | undefined): Desk;
}
