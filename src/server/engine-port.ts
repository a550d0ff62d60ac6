import type { Clock } from '../core/clock.ts';
import type { Incoming } from '../exchange/incoming.ts';
import type { Destination, Prepared } from '../exchange/prepare.ts';
import type { Exchange } from '../session/exchange.ts';
import type { MaybePromise } from '../session/maybe-promise.ts';
import type { Session } from '../session/session.ts';

/** What is asked of a session, be it here or in another process. */
export interface SessionPort extends Pick<Session, 'maxBodyBytes' | 'begin' | 'release' | 'prepare' | 'isWaiting' | 'abandoned'> {
  refuse(incoming: Incoming, destination: Destination): MaybePromise<Exchange | undefined>;
  receive(prepared: Prepared): MaybePromise<Exchange>;
}

/** What is asked of an engine. */
export interface EnginePort {
  readonly clock: Clock;
  readonly defaultSession: SessionPort;
  /** Throws a SessionsFullError when it is known here that there is no room for another one. */
  session(id: string | undefined): SessionPort;
}
