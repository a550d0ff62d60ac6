import type { Clock } from '../core/clock.ts';
import type { ServedSession } from '../session/served-session.ts';

/** What the server asks of a session, whose state is in this process or in another one. */
export type SessionPort = Pick<
  ServedSession,
  'maxBodyBytes' | 'cors' | 'begin' | 'release' | 'prepare' | 'isWaiting' | 'abandoned' | 'refuse' | 'receive'
>;

/** What is asked of an engine. */
export interface EnginePort {
  readonly clock: Clock;
  readonly defaultSession: SessionPort;
  /** Throws a SessionsFullError when it is known here that there is no room for another one. */
  session(id: string | undefined): SessionPort;
  /** Told of each connection that is not open any more. */
  connectionClosed(connection: number): void;
}
