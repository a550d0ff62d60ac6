import { NO_FAULTS } from '../core/faults/bound-fault.ts';
import type { Libraries } from '../core/libraries.ts';
import { NO_LATENCY } from '../core/openai/request/answer-settings.ts';
import { compilePlan } from '../core/plan/compile.ts';
import type { Scenario } from '../core/scenario/schema.ts';
import type { LoadedScenario } from '../scenario-files/load-scenario.ts';

const NAME = 'healthy';

/** What the schema makes of a scenario that says nothing but its name. */
const SCENARIO: Scenario & { readonly name: string } = {
  name: NAME,
  seed: 1,
  tokens: 'estimate',
  clock: 'first_call',
  auth: 'any',
  models: 'any',
  cors: true,
  compression: false,
  validation: 'strict',
  unmatched_reply: 'prose',
  max_body: 20 * 1_048_576,
  latency: { ttft: NO_LATENCY, inter_token: NO_LATENCY },
  limits: { models: {}, keys: {}, changes: [] },
  replies: [],
  rules: [],
  providers: {},
  expect: {},
};

/** The scenario in which all is well, without what reads scenarios: that takes longer to load than all else at a start. */
export function healthyScenario(libraries: Libraries, seed = 1): LoadedScenario {
  const raw = { name: NAME };
  return {
    source: { file: NAME, data: raw },
    scenario: SCENARIO,
    raw,
    plan: compilePlan(SCENARIO, seed, { libraries, faults: NO_FAULTS }),
    providers: new Map(),
    warnings: [],
  };
}
