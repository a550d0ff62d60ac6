import type { ClientAnswer, ClientCall } from './client-call.ts';

/** The client is wrong in a way that no call could mend: shown to the user as it stands. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
}

/** A call on its way through a client. */
export interface RunningCall {
  /** Which process makes it. */
  readonly process: string;
  /** Resolves when the client has come back; never rejects. */
  readonly answer: Promise<ClientAnswer>;
  /** Tells the client to stop; resolves when it has heard it, or is gone. */
  abort(): Promise<void>;
}

/**
 * Which process makes a call. Equal numbers share one; `apart` is one that the others leave alone; `alone` is a new one for all
 * calls of that name.
 */
type Lane = number | 'apart' | { readonly alone: string };

/** Runs the client under test, in processes apart from the mock. */
export interface Driver {
  start(call: Omit<ClientCall, 'signal'>, lane: Lane): RunningCall;
  /** The client may be given several targets. */
  readonly takesTargets?: boolean;
  /** Ends the process that was started for a scene alone. */
  release?(alone: string): Promise<void>;
  /** Set where each call is a process of its own: so many may be on their way to their first request at the same time. */
  readonly startsAtOnce?: number;
  /** Event-loop delay of the client processes, a row a second. Times on the clock of the mock, in milliseconds. */
  readonly stalls: readonly { readonly at: number; readonly ms: number }[];
  /** Ends all processes. */
  close(): Promise<void>;
  /** Ends all processes at once: for the exit of this one. */
  kill(): void;
}
