import type { BackoffRule } from './kit/rule.ts';
import { abortStopsRetries } from './rules/abort-stops-retries.ts';
import { abortsHungRequest } from './rules/aborts-hung-request.ts';
import { adapts } from './rules/adapts.ts';
import { amplification } from './rules/amplification.ts';
import { bearsLongPauses } from './rules/bears-long-pauses.ts';
import { boundedAttempts } from './rules/bounded-attempts.ts';
import { boundedTime } from './rules/bounded-time.ts';
import { breakerOpens } from './rules/breaker-opens.ts';
import { capsDelay } from './rules/caps-delay.ts';
import { connectionHygiene } from './rules/connection-hygiene.ts';
import { coolsDownKey } from './rules/cools-down-key.ts';
import { failsOver } from './rules/fails-over.ts';
import { freshConnection } from './rules/fresh-connection.ts';
import { grows } from './rules/grows.ts';
import { halfToolCallNotRun } from './rules/half-tool-call-not-run.ts';
import { hasJitter } from './rules/has-jitter.ts';
import { heartbeatsDoNotFool } from './rules/heartbeats-do-not-fool.ts';
import { herd } from './rules/herd.ts';
import { httpDate } from './rules/http-date.ts';
import { independentProcesses } from './rules/independent-processes.ts';
import { insaneHint } from './rules/insane-hint.ts';
import { longHint } from './rules/long-hint.ts';
import { maxInFlight } from './rules/max-in-flight.ts';
import { neutral429 } from './rules/neutral-429.ts';
import { neverEarly } from './rules/never-early.ts';
import { noFailoverOnBadRequest } from './rules/no-failover-on-bad-request.ts';
import { noHotRetry } from './rules/no-hot-retry.ts';
import { noRetryPermanent } from './rules/no-retry-permanent.ts';
import { noRetryQuota } from './rules/no-retry-quota.ts';
import { noSilentReplay } from './rules/no-silent-replay.ts';
import { obeysShouldRetry } from './rules/obeys-should-retry.ts';
import { oneProbe } from './rules/one-probe.ts';
import { outlastsOutage } from './rules/outlasts-outage.ts';
import { pacesOnHeaders } from './rules/paces-on-headers.ts';
import { paysOnce } from './rules/pays-once.ts';
import { recoversPromptly } from './rules/recovers-promptly.ts';
import { retriesRefusedStream } from './rules/retries-refused-stream.ts';
import { retriesTransient } from './rules/retries-transient.ts';
import { retriesTransport } from './rules/retries-transport.ts';
import { retryAfterMs } from './rules/retry-after-ms.ts';
import { retryBudget } from './rules/retry-budget.ts';
import { returnsToPrimary } from './rules/returns-to-primary.ts';
import { sameBody } from './rules/same-body.ts';
import { sameIdempotencyKey } from './rules/same-idempotency-key.ts';
import { settles } from './rules/settles.ts';
import { stalledStreamNoticed } from './rules/stalled-stream-noticed.ts';
import { stopsAtAWall } from './rules/stops-at-a-wall.ts';
import { streamErrorSurfaced } from './rules/stream-error-surfaced.ts';
import { truncatedStreamNoticed } from './rules/truncated-stream-noticed.ts';

const REGISTRY = [
  neverEarly,
  httpDate,
  retryAfterMs,
  longHint,
  insaneHint,
  noHotRetry,
  grows,
  hasJitter,
  independentProcesses,
  capsDelay,
  boundedAttempts,
  boundedTime,
  retriesTransient,
  retriesTransport,
  retriesRefusedStream,
  noRetryPermanent,
  noRetryQuota,
  obeysShouldRetry,
  amplification,
  retryBudget,
  abortsHungRequest,
  recoversPromptly,
  herd,
  sameBody,
  sameIdempotencyKey,
  freshConnection,
  noSilentReplay,
  truncatedStreamNoticed,
  streamErrorSurfaced,
  stalledStreamNoticed,
  abortStopsRetries,
  connectionHygiene,
  coolsDownKey,
  pacesOnHeaders,
  stopsAtAWall,
  settles,
  outlastsOutage,
  failsOver,
  noFailoverOnBadRequest,
  breakerOpens,
  oneProbe,
  returnsToPrimary,
  neutral429,
  paysOnce,
  halfToolCallNotRun,
  heartbeatsDoNotFool,
  bearsLongPauses,
  adapts,
  maxInFlight,
] as const;

/** The ids of all rules, as a type. */
export type RuleId = (typeof REGISTRY)[number]['id'];

/** Every rule of good retrying, in the order of the catalogue. */
export const backoffRules: readonly (BackoffRule & { readonly id: RuleId })[] = REGISTRY;
