import type { ClosedHow } from '../core/journal/entry.ts';
import type { Http2Code } from '../core/wire/http2-code.ts';
import type { PresetOutcome } from '../exchange/prepare.ts';

/** Port: a connection of a client, as the reply of one of its requests sees it. */
export interface Connection {
  /** How the server ended it; undefined while it has not. */
  endedHow: ClosedHow | undefined;
  /** The scenario took the server down while it was open. */
  readonly isCut: boolean;
  /** It is closed in both directions. */
  readonly isDestroyed: boolean;
  /** The client has closed its side properly. */
  readonly clientEnded: boolean;
  /** The code by which the stream of the request was reset; undefined where it was not, or there are no streams. */
  readonly resetCode?: Http2Code | undefined;
  /** Calls back when the connection is closed, unless it is unfollowed before. */
  follow(closed: () => void): void;
  unfollow(closed: () => void): void;
  /** Says what the next request meets in place of an answer. */
  presetNext(preset: PresetOutcome): void;
  /** Ends the connection from the server's side, what was written included. */
  end(how: 'fin' | 'reset'): void;
  /** Resets the stream of the request, and leaves the connection. Not there where the connection has no streams. */
  resetStream?(code: Http2Code): void;
  /** Says that no more streams are served, and ends the connection: once those that are open are over, or at once. */
  goAway?(code: Http2Code, options: { readonly serveOpen: boolean }): void;
}
