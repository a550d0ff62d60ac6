import { type Distribution, distributionOf } from './distribution.ts';
import type { LoadRun } from './load-run.ts';

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
export function throughOf({ through, records, entries }: LoadRun): Through | undefined {
  if (through === undefined) return undefined;
  const { url, sent, answers } = through;
  const requests = [...sent.values()].reduce((sum, count) => sum + count, 0);
  const started = records.filter(({ startedAt }) => startedAt !== null);
  const { mean, p99, max } = distributionOf(started.map(({ call }) => sent.get(call) ?? 0));
  const arrived = entries.filter(({ method }) => method === 'POST').length;
  return {
    url,
    clients: { requests, perCall: requests === 0 ? null : { mean, p99, max }, answers },
    gateway: {
      requests: arrived,
      perCall: started.length === 0 ? null : arrived / started.length,
      perClientRequest: requests === 0 ? null : arrived / requests,
    },
  };
}
