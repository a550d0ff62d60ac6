import type { CloseFrame, Head, Write } from '../core/wire/effect.ts';
import type { Performed } from '../exchange/performed.ts';

/** Bytes of a body, content events and events. */
export type Amount = Pick<Performed, 'bytesOut' | 'chunksOut' | 'eventsOut'>;

/** Port: one response on its way to the client, whatever the version of HTTP. What is written waits until it is flushed. */
export interface ResponseWriter {
  /** Bytes and characters that the client has not taken. */
  readonly backlog: number;
  /** When bytes of the body were last handed over; milliseconds of the engine's clock. */
  readonly lastByteAt: number | null;
  /** Of the body: what the kernel has taken. */
  readonly taken: Amount;
  /** Of the body: what was written. */
  readonly written: Amount;
  /** The whole response waits to be sent. */
  readonly isWhole: boolean;
  /** A head was given. */
  readonly hasHead: boolean;
  /** The connection ends with the response. */
  readonly closes: boolean;
  /** Nothing can be sent any more. */
  readonly isDestroyed: boolean;
  /** The kernel has taken the whole response. */
  readonly isFinished: boolean;
  /** Calls back when sending fails. */
  onError(callback: () => void): void;
  head(head: Head): void;
  write(write: Write): void;
  /** Sends all that waits. */
  flush(): void;
  /** Ends the response. Returns whether the kernel has taken everything at once, as it does with short responses. */
  end(): boolean;
  /** Notes that all that was written was taken. */
  completed(): void;
  /** The head that waits, taken out so that it can be sent piece by piece with `send`. */
  takeHead(): Uint8Array;
  /** Sends bytes as they are. */
  send(bytes: Uint8Array): void;
  /** Calls back when the client has taken enough for more. Returns how to give up; undefined when it has. */
  whenDrained(callback: () => void): (() => void) | undefined;
  /** Calls back when the kernel has taken the ended response. Returns how to give up. */
  whenFinished(callback: () => void): () => void;
  /** Calls back when the kernel has taken what was sent. */
  whenTaken(callback: () => void): void;
  /** What is said before the connection is ended; not where the version of HTTP has no such thing. */
  sayGoodbye?(saying: CloseFrame): void;
  /** Bytes that the client's kernel has not acknowledged; undefined where the system does not tell. */
  unacknowledged(): Promise<number | undefined>;
}
