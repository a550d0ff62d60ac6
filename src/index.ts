export type { Finding, Observation, RuleVerdict, Severity } from './core/backoff/kit/finding.ts';
export type { RuleId } from './core/backoff/registry.ts';
export type { Judgement, RuleUse, Verdict } from './core/backoff/verdict/verdict.ts';
export type { Certainty } from './core/correlation/certainty.ts';
export type { Evidence } from './core/correlation/correlation.ts';
export type { FaultName } from './core/faults/registry.ts';
export type { Attempt, Call } from './core/journal/calls.ts';
export type { FaultApplied, Hint, JournalEntry } from './core/journal/entry.ts';
export type { Policy, PolicyPreset, RuleLevel } from './core/policy/policy.ts';
export type { PolicyInput } from './core/policy/policy-schema.ts';
export { type Problem, ScenarioError } from './core/problem.ts';
export type { RuleInput, ScenarioInput } from './core/scenario/schema.ts';
export { type BackoffExpectation, matchers } from './matchers/matchers.ts';
export {
  createMockOpenAI,
  type MockOpenAI,
  type MockOptions,
  type MockSession,
  type OpenedSession,
} from './mock.ts';
