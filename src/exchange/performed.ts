import type { ClosedHow } from '../core/journal/entry.ts';
import type { Http2Code } from '../core/wire/http2-code.ts';

/** What really went over the wire for one reply. Times in milliseconds of the engine's clock. */
export interface Performed {
  readonly lastByteAt: number | null;
  readonly clientCloseAt: number | null;
  /** Who ended the exchange before the reply was complete; null when it was completed. */
  readonly closedBy: 'client' | 'server' | null;
  /** See `JournalEntry.closedHow`; null when the reply was completed. */
  readonly closedHow: ClosedHow | null;
  /** The scenario took the server down under it. */
  readonly isCut?: true;
  /** The code of a stream of HTTP/2 that was reset. */
  readonly resetCode: Http2Code | null;
  /** Bytes of the body that the kernel took. */
  readonly bytesOut: number;
  /** Content chunks of a stream that the kernel took. */
  readonly chunksOut: number;
  /** Events of a stream that the kernel took. */
  readonly eventsOut: number;
}

/** Nothing went out, and nobody cut it short. */
export const NOTHING_PERFORMED: Performed = {
  lastByteAt: null,
  clientCloseAt: null,
  closedBy: null,
  closedHow: null,
  resetCode: null,
  bytesOut: 0,
  chunksOut: 0,
  eventsOut: 0,
};
