import type { LoadTarget } from './load-message.ts';

/** What asks without ever backing off. */
export interface HammerOrders {
  readonly target: LoadTarget;
  readonly connections: number;
}

/** How long it asks, in milliseconds, and from when on, on the machine's clock. */
export interface HammerSpan {
  readonly zeroAt: number;
  readonly forMs: number;
}

/** What goes to the process that hammers. */
export type ToHammer = ({ readonly type: 'begin' } & HammerSpan) | { readonly type: 'stop' };

/** What comes back. */
export type FromHammer =
  | { readonly type: 'ready' }
  /** Nothing more is sent. */
  | { readonly type: 'finished' };

/** The beginning of the names of its connections. Each names the calls of one. */
export const HAMMER_CALL = 'hammer-';

/** More would leave nothing of the machine for the fleet. */
export const MOST_CONNECTIONS = 500;
