import type { LoadTarget } from './load-message.ts';

/** What the noise is to be. */
export interface BackgroundOrders {
  readonly target: LoadTarget;
  readonly perSecond: number;
}

/** What goes to the process that makes noise. */
export type ToBackground = { readonly type: 'begin'; readonly forMs: number } | { readonly type: 'stop' };

/** What comes back. */
export type FromBackground = { readonly type: 'ready' } | { readonly type: 'failed'; readonly message: string };

/** The beginning of the name of each of its calls. */
export const BACKGROUND_CALL = 'background-';
