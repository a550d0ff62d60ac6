import type { ScenarioInput } from '../../src/core/scenario/schema.ts';

/*
 * A fleet that no machine is too slow for to keep its service down. Refused requests cost as much as served ones, so that a
 * place is free only when nobody has come for 1/r. A call that retries every 100 ms never leaves 167 ms, and there are
 * always many of them: only a standstill lets somebody in, at most r of them for each second of it.
 */
export const hotRetries = {
  attempts: 20,
  waitMs: 100,
  callsPerSecond: 5,
  forMs: 14_000,
  scenario: {
    name: 'hot-retries',
    capacity: { rate: '6/s', burst: 2, queue: 4, service_time: '50ms', refusal_cost: 1 },
    rules: [{ during: '4s..6s', fault: 'overloaded' }],
    expect: { load: { recovers_within: '4s' } },
  },
} as const satisfies { scenario: ScenarioInput } & Record<string, unknown>;
