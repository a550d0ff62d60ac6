import type { ClientAnswer, ClientCall } from './client-call.ts';

/** What goes to a client process. */
export type ToClient =
  | { readonly type: 'call'; readonly call: Omit<ClientCall, 'signal'> }
  | { readonly type: 'abort'; readonly callId: string };

/** What comes back. */
export type FromClient =
  | { readonly type: 'ready' }
  /** The client takes several targets; said before `ready`. */
  | { readonly type: 'takes targets' }
  | { readonly type: 'unusable'; readonly message: string }
  | { readonly type: 'answer'; readonly callId: string; readonly answer: ClientAnswer }
  /** The client was told to stop. */
  | { readonly type: 'aborted'; readonly callId: string }
  /** The 99th percentile of the event-loop delay within the last second, in milliseconds. */
  | { readonly type: 'delay'; readonly ms: number };
