/** What really went over the wire for one reply. Times in milliseconds of the engine's clock. */
export interface Performed {
  readonly lastByteAt: number | null;
  readonly clientCloseAt: number | null;
  /** Who ended the exchange before the reply was complete; null when it was completed. */
  readonly closedBy: 'client' | 'server' | null;
  /** Bytes of the body handed to the socket. */
  readonly bytesOut: number;
}
