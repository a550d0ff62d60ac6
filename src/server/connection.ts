import type { PresetOutcome } from '../exchange/prepare.ts';

/** Port: a connection of a client, as the reply of one of its requests sees it. */
export interface Connection {
  /** How the server ended it; undefined while it has not. */
  endedHow: 'fin' | 'reset' | undefined;
  /** The scenario took the server down while it was open. */
  readonly isCut: boolean;
  /** It is closed in both directions. */
  readonly isDestroyed: boolean;
  /** The client has closed its side properly. */
  readonly clientEnded: boolean;
  /** Calls back when the connection is closed, unless it is unfollowed before. */
  follow(closed: () => void): void;
  unfollow(closed: () => void): void;
  /** Says what the next request meets in place of an answer. */
  presetNext(preset: PresetOutcome): void;
  /** Ends the connection from the server's side, what was written included. */
  end(how: 'fin' | 'reset'): void;
}
