export type { Certainty, Evidence } from './core/calls/sighting.ts';
export type { FaultName } from './core/faults/registry.ts';
export type { Attempt, Call } from './core/journal/calls.ts';
export type { FaultApplied, Hint, JournalEntry } from './core/journal/entry.ts';
export { type Problem, ScenarioError } from './core/problem.ts';
export type { RuleInput, ScenarioInput } from './core/scenario/schema.ts';
export {
  createMockOpenAI,
  type MockOpenAI,
  type MockOptions,
  type MockSession,
} from './mock.ts';
