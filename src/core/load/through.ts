import { numbersOf } from './amplification.ts';
import { type Distribution, distributionOf } from './distribution.ts';
import type { LoadMeasurements } from './measurements.ts';

/** The load on both sides of a gateway. */
export interface Through {
  readonly url: string;
  readonly clients: {
    /** That were sent to the gateway. */
    readonly requests: number;
    /** Over the calls that were started. Null where nothing is known: the clients sent nothing to the address they were given. */
    readonly perCall: Pick<Distribution, 'mean' | 'p99' | 'max'> | null;
    readonly answers: Readonly<Record<string, number>>;
  };
  readonly gateway: {
    /** That arrived at the mock. */
    readonly requests: number;
    /** For each call that was started. */
    readonly perCall: number | null;
    /** For each request that a client sent. */
    readonly perClientRequest: number | null;
  };
}

/** Both amplifications: what clients sent to the gateway, and what the gateway made of it. Undefined without a gateway. */
export function throughOf({ through, calls }: LoadMeasurements): Through | undefined {
  if (through === undefined) return undefined;
  const { url, sentPerCall, sent, answers, arrived } = through;
  const { mean, p99, max } = distributionOf(numbersOf(sentPerCall));
  return {
    url,
    clients: { requests: sent, perCall: sent === 0 ? null : { mean, p99, max }, answers },
    gateway: {
      requests: arrived,
      perCall: calls.started === 0 ? null : arrived / calls.started,
      perClientRequest: sent === 0 ? null : arrived / sent,
    },
  };
}
