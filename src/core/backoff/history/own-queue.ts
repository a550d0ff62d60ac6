import type { RuleEvidence } from '../kit/rule-evidence.ts';
import { quantile } from '../kit/statistics.ts';
import type { CallHistory } from './call-history.ts';

/** Processes need some time for their first requests, on a busy machine most of all. */
const START_MS = 2_000;

/**
 * How long calls wait inside the client before their first request leaves, in milliseconds (the 90th percentile): a client that
 * paces its requests makes retries wait in the same queue. Undefined where no driver tells when calls started, where each call is
 * a process of its own, and where the wait is no longer than a process needs to start.
 */
export function ownQueueMs(calls: readonly CallHistory[], { outcomeOf }: Pick<RuleEvidence, 'outcomeOf'>): number | undefined {
  const started = calls.flatMap((call) => {
    const outcome = outcomeOf(call);
    const first = call.tries[0]?.entry.t_headers;
    return outcome?.startedAt === undefined || first === undefined
      ? []
      : [{ process: outcome.process, waitMs: first - outcome.startedAt }];
  });
  const processes = new Set(started.map(({ process }) => process)).size;
  if (started.length <= processes) return undefined;
  const queueMs = quantile(
    started.map(({ waitMs }) => waitMs),
    0.9,
  );
  return queueMs > START_MS ? queueMs : undefined;
}
