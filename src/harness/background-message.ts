import type { Shard } from '../core/load/shard.ts';
import type { LoadTarget } from './load-message.ts';

/** What the noise is to be. */
export interface BackgroundOrders {
  readonly target: LoadTarget;
  /** In all. */
  readonly perSecond: number;
  /** The part of it that this process makes. */
  readonly shard: Shard;
}

/** All is sent that will be; so many requests were not. */
export interface BackgroundEnd {
  readonly type: 'finished';
  readonly leftOut: number;
}

/** The beginning of the name of each of its calls. */
export const BACKGROUND_CALL = 'background-';
