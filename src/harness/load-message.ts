import type { ClientAnswer } from './client-call.ts';

/** One of several services of a scenario. */
export interface LoadService {
  /** Followed by the id of the call. */
  readonly callsURL: string;
  /** What follows it and the id of the call. */
  readonly basePath: string;
  readonly apiKey: string;
}

/** Where the calls of a load go, and what they carry. */
export interface LoadTarget {
  /** Followed by the id of the call and `/v1`. */
  readonly callsURL: string;
  readonly apiKey: string;
  readonly prompt: string;
  /** The services of a scenario that has several, for a client that takes several targets. */
  readonly services?: readonly LoadService[];
  /** The path does not reach the mock: the prompt of each call names it, so that no two calls ask the same. */
  readonly promptNamesCall?: true;
}

/** What one client process is to do. Times in milliseconds, after the moment that is zero. */
export interface LoadAssignment {
  readonly target: LoadTarget;
  /** The moment that is zero, on the machine's clock. */
  readonly zeroAt: number;
  /** Calls that start at their time, whatever became of the others; in order. */
  readonly starts: readonly { readonly call: string; readonly at: number }[];
  /** Programs that make one call after the other, from their first one on. */
  readonly workers: readonly { readonly name: string; readonly from: number }[];
  readonly workersUntil: number;
  /** Calls of the schedule that would be one more are dropped. */
  readonly maxInFlight: number;
}

/** What goes to a client process under load. */
export type ToLoader =
  /** Calls that nobody counts, so that the first that count are not slow. */
  | { readonly type: 'warm'; readonly target: LoadTarget; readonly calls: number; readonly forMs: number }
  | { readonly type: 'orders'; readonly orders: LoadAssignment }
  /** No further calls. */
  | { readonly type: 'stop' }
  /** Tell the clients of all calls to stop. */
  | { readonly type: 'abort' };

/** One thing that happened to a call. Times on the machine's clock, in milliseconds. */
export type LoaderEvent =
  | { readonly call: string; readonly scheduledAt: number; readonly startedAt: number | null }
  | { readonly call: string; readonly settledAt: number; readonly answer: Omit<ClientAnswer, 'text'> };

/** What comes back. */
export type FromLoader =
  | { readonly type: 'ready' }
  | { readonly type: 'unusable'; readonly message: string }
  | { readonly type: 'warmed' }
  | { readonly type: 'events'; readonly events: readonly LoaderEvent[] }
  /** All that happened until the order to abort has been told. */
  | { readonly type: 'aborted' }
  /** Nothing is left to start, and no call is under way. */
  | { readonly type: 'finished' }
  /** A command has ended and left processes behind, which were ended. */
  | { readonly type: 'left behind' }
  /** The 99th percentile of the event-loop delay within the last second, in milliseconds. */
  | { readonly type: 'delay'; readonly ms: number };

/** Where a client process finds its client: a module, or a command and the variables it gets. */
export type ClientSource =
  | { readonly module: string }
  /** In the values of the variables, `ORIGIN` stands for the address of the call, without `/v1`, and `CALL` for its id. */
  | { readonly command: string; readonly environment: Readonly<Record<string, string | null>> };

/** Stands for the address of a call in the variables of a command. */
export const ORIGIN = 'http://mock-openai.invalid';

/** Stands for the id of a call in the variables of a command. */
export const CALL = 'mock-openai-call';
