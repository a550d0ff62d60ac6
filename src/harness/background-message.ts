import type { LoadTarget } from './load-message.ts';

/** What the noise is to be. */
export interface BackgroundOrders {
  readonly target: LoadTarget;
  readonly perSecond: number;
}

/** All is sent that will be; so many requests were not. */
export interface BackgroundEnd {
  readonly type: 'finished';
  readonly leftOut: number;
}

/** The beginning of the name of each of its calls. */
export const BACKGROUND_CALL = 'background-';
