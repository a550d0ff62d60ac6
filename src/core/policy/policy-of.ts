import { type LoadExpectation, type Policy, policyPresets } from './policy.ts';
import type { PolicySpec } from './policy-schema.ts';

/** Specifications → policy; a later one adds to, and replaces parts of, those before it. */
export function policyOf(...specs: readonly PolicySpec[]): Policy {
  const preset = specs.findLast((spec) => spec.preset !== undefined)?.preset ?? 'openai-guide';
  return specs.reduce<Policy>(
    (policy, spec) => ({
      preset: policy.preset,
      ...given('calls', spec.calls ?? policy.calls),
      ...given('maxAttempts', spec.max_attempts ?? policy.maxAttempts),
      maxDelayMs: spec.max_delay ?? policy.maxDelayMs,
      ...given('maxElapsedMs', spec.max_elapsed ?? policy.maxElapsedMs),
      ...given('maxHonouredRetryAfterMs', spec.max_honoured_retry_after ?? policy.maxHonouredRetryAfterMs),
      // What is given here goes before the opposite that was given earlier.
      retries: spec.retries ?? without(policy.retries, spec.never_retries),
      neverRetries: spec.never_retries ?? without(policy.neverRetries, spec.retries),
      levels: {
        ...policy.levels,
        ...(spec.jitter === undefined ? {} : { has_jitter: spec.jitter ? ('fail' as const) : ('off' as const) }),
        ...(spec.rules as Policy['levels'] | undefined),
      },
      ...given('wall', wallOf(spec, policy)),
      ...targetsOf(spec, policy),
      ...patienceOf(spec, policy),
      ...given('load', spec.load === undefined ? policy.load : { ...policy.load, ...expectationOf(spec.load) }),
    }),
    policyPresets[preset],
  );
}

/** The last specification that speaks of the wall decides. */
function wallOf({ wall }: PolicySpec, before: Policy): Policy['wall'] {
  return wall === undefined ? before.wall : { calls: wall.calls, withinMs: wall.within };
}

/** How long the client has to bear with a service. */
function patienceOf(spec: PolicySpec, policy: Policy): Partial<Policy> {
  return {
    ...given('outlastsMs', spec.outlasts ?? policy.outlastsMs),
    ...given('maxPauseMs', spec.max_pause ?? policy.maxPauseMs),
  };
}

/** What is expected where there are several targets, and of what answers cost. */
function targetsOf(spec: PolicySpec, policy: Policy): Partial<Policy> {
  return {
    ...given('failsOver', spec.fails_over ?? policy.failsOver),
    ...given('withinMs', spec.within ?? policy.withinMs),
    ...given('breaker', breakerOf(spec, policy)),
    ...given('returnsWithinMs', spec.returns_within ?? policy.returnsWithinMs),
    ...given('neutral429', spec.neutral_429 ?? policy.neutral429),
    ...given('adapts', spec.adapts ?? policy.adapts),
    ...given('maxInFlight', inFlightOf(spec, policy)),
    ...given('maxWaste', spec.max_waste ?? policy.maxWaste),
  };
}

/** The last specification that bounds them decides. */
function inFlightOf({ max_in_flight: most }: PolicySpec, before: Policy): Policy['maxInFlight'] {
  if (most === undefined) return before.maxInFlight;
  const { in_all: inAll, by_key: byKey, by_target: byTarget } = { by_key: undefined, by_target: undefined, ...most };
  return {
    ...(inAll === undefined ? {} : { inAll }),
    ...(byKey === undefined ? {} : { byKey }),
    ...(byTarget === undefined ? {} : { byTarget }),
  };
}

function breakerOf({ breaker }: PolicySpec, before: Policy): Policy['breaker'] {
  return breaker === undefined ? before.breaker : { after: breaker.after, forMs: breaker.for };
}

function expectationOf({ recovers_within, brown_out, ...shares }: NonNullable<PolicySpec['load']>): LoadExpectation {
  return {
    ...(recovers_within === undefined ? {} : { recoversWithinMs: recovers_within }),
    ...(brown_out === undefined ? {} : { brownOut: brown_out }),
    ...Object.fromEntries(Object.entries(shares).filter(([, value]) => value !== undefined)),
  };
}

function without<Item>(list: readonly Item[], others: readonly unknown[] = []): readonly Item[] {
  return list.filter((item) => !others.includes(item));
}

function given<Key extends keyof Policy>(key: Key, value: Policy[Key] | undefined): Partial<Pick<Policy, Key>> {
  return value === undefined ? {} : ({ [key]: value } as Pick<Policy, Key>);
}
