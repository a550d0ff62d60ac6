import type { RuleVerdict } from '../../src/core/backoff/kit/finding.ts';
import type { RuleId } from '../../src/core/backoff/registry.ts';

/** The clients that are shipped under examples/clients, in the order of the table. */
export const referenceClients = ['openai-sdk', 'careful-fetch', 'naive-loop'] as const;

/**
 * What each client does by its source, rule by rule, and why where that is not plain. The battery is held against it
 * (`test/witnesses/reference-clients.test.ts`), and the table in docs/probe.md is made of it.
 */
export const predictions: Readonly<Record<RuleId, readonly [sdk: RuleVerdict, careful: RuleVerdict, naive: RuleVerdict]>> = {
  never_early: ['pass', 'pass', 'fail'],
  http_date: ['pass', 'pass', 'fail'],
  retry_after_ms: ['pass', 'pass', 'fail'],
  // The SDK sleeps for as long as it is told, longer than anybody watches; careful-fetch gives up above 20 s.
  long_hint: ['info', 'pass', 'fail'],
  // The SDK gives what it cannot parse, and what lies in the past, to setTimeout.
  insane_hint: ['fail', 'pass', 'pass'],
  no_hot_retry: ['pass', 'pass', 'pass'],
  // The SDK makes two retries: too few to see growth.
  grows: ['inconclusive', 'pass', 'fail'],
  has_jitter: ['pass', 'pass', 'fail'],
  // Needs three waits; and waits that do not vary at all are has_jitter's.
  independent_processes: ['not_applicable', 'pass', 'not_applicable'],
  // Six retries or more.
  caps_delay: ['not_applicable', 'not_applicable', 'pass'],
  // Ten attempts are many, not too many.
  bounded_attempts: ['pass', 'pass', 'warn'],
  bounded_time: ['pass', 'pass', 'pass'],
  retries_transient: ['pass', 'pass', 'pass'],
  retries_transport: ['pass', 'pass', 'pass'],
  // A battery speaks HTTP/1.1, as these clients do.
  retries_refused_stream: ['not_applicable', 'not_applicable', 'not_applicable'],
  no_retry_permanent: ['pass', 'pass', 'fail'],
  // The SDK looks at the status alone: three attempts within two seconds.
  no_retry_quota: ['warn', 'pass', 'fail'],
  // A header of Stainless, which made the SDK.
  obeys_should_retry: ['pass', 'not_applicable', 'not_applicable'],
  // The loop sends no retry counts: ten attempts may be those of one layer, or of two.
  amplification: ['pass', 'pass', 'info'],
  retry_budget: ['info', 'info', 'warn'],
  // Ten minutes of timeout, and none at all, are longer than anybody watches.
  aborts_hung_request: ['inconclusive', 'pass', 'inconclusive'],
  recovers_promptly: ['pass', 'pass', 'pass'],
  herd: ['pass', 'pass', 'warn'],
  same_body: ['pass', 'pass', 'pass'],
  same_idempotency_key: ['not_applicable', 'pass', 'not_applicable'],
  fresh_connection: ['pass', 'pass', 'pass'],
  // The loop throws away what it has read, and starts again.
  no_silent_replay: ['pass', 'pass', 'pass'],
  // A clean end is an end for the SDK and for the loop.
  truncated_stream_noticed: ['warn', 'pass', 'warn'],
  stream_error_surfaced: ['pass', 'pass', 'fail'],
  stalled_stream_noticed: ['info', 'pass', 'info'],
  // openai-node #2580; the loop takes no signal.
  abort_stops_retries: ['fail', 'pass', 'fail'],
  connection_hygiene: ['pass', 'pass', 'pass'],
  cools_down_key: ['info', 'info', 'info'],
  paces_on_headers: ['info', 'info', 'info'],
  // A driver asks too few questions to show it.
  stops_at_a_wall: ['not_applicable', 'not_applicable', 'not_applicable'],
  // The SDK, and the loop, read a stream to the end of the connection, not to [DONE].
  settles: ['fail', 'pass', 'fail'],
  outlasts_outage: ['info', 'info', 'info'],
  // They have one target.
  fails_over: ['not_applicable', 'not_applicable', 'not_applicable'],
  no_failover_on_bad_request: ['not_applicable', 'not_applicable', 'not_applicable'],
  breaker_opens: ['not_applicable', 'not_applicable', 'not_applicable'],
  one_probe: ['not_applicable', 'not_applicable', 'not_applicable'],
  returns_to_primary: ['not_applicable', 'not_applicable', 'not_applicable'],
  neutral_429: ['not_applicable', 'not_applicable', 'not_applicable'],
  // Each pays for the stream that is cut.
  pays_once: ['info', 'info', 'info'],
  // A driver offers no functions.
  half_tool_call_not_run: ['not_applicable', 'not_applicable', 'not_applicable'],
  // The SDK's timeout is ten minutes, the loop has none.
  heartbeats_do_not_fool: ['info', 'pass', 'info'],
  // careful-fetch gives up after 5 s of silence.
  bears_long_pauses: ['pass', 'info', 'pass'],
  // A probe is too short to show a pace.
  adapts: ['not_applicable', 'not_applicable', 'not_applicable'],
  max_in_flight: ['not_applicable', 'not_applicable', 'not_applicable'],
};
