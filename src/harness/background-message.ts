import type { LoadTarget } from './load-message.ts';

/** What the noise is to be. */
export interface BackgroundOrders {
  readonly target: LoadTarget;
  readonly perSecond: number;
}

/** How long there is to be noise, in milliseconds, and from when on, on the machine's clock. */
export interface BackgroundSpan {
  readonly zeroAt: number;
  readonly forMs: number;
}

/** What goes to the process that makes noise. */
export type ToBackground = ({ readonly type: 'begin' } & BackgroundSpan) | { readonly type: 'stop' };

/** What comes back. */
export type FromBackground =
  | { readonly type: 'ready' }
  /** All is sent that will be; so many requests were not. */
  | { readonly type: 'finished'; readonly leftOut: number };

/** The beginning of the name of each of its calls. */
export const BACKGROUND_CALL = 'background-';
