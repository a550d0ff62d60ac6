import type { RuleInput, ScenarioInput } from '../../../src/index.ts';

export const WHOLE = 'Hello there, whoever reads this.';

const FAULTS = {
  healthy: undefined,
  'refused stream': { stream_reset: { code: 'refused_stream' } },
  'reset stream': { stream_reset: { code: 'internal_error' } },
  'reset in the answer': { stream_reset: { at: 'body', after_bytes: 700 } },
  'GOAWAY, served': 'goaway',
  'GOAWAY, not served': { goaway: { serve_open: false } },
  'TCP reset': 'connection_reset',
} as const;

export type Situation = keyof typeof FAULTS;
export const SITUATIONS = Object.keys(FAULTS) as Situation[];

/** Each client asks twice on one connection, and the second request meets the fault. */
export function scenarioOf(situation: Situation): ScenarioInput {
  const fault = FAULTS[situation] as RuleInput['fault'];
  return { replies: [{ content: WHOLE }], rules: fault === undefined ? [] : [{ after: 1, first: 2, fault }] };
}

export const CERTIFICATES = ['expired', 'wrong_host', 'untrusted', 'refuse'] as const;
