import type { LoadService } from './load-message.ts';

/** What asks without ever backing off. */
export interface HammerOrders {
  readonly service: LoadService;
  readonly prompt: string;
  readonly connections: number;
}

/** The beginning of the names of its connections. Each names the calls of one. */
export const HAMMER_CALL = 'hammer-';

/** More would leave nothing of the machine for the fleet. */
export const MOST_CONNECTIONS = 500;
