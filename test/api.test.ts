import { expect, expectTypeOf, test } from 'vitest';
import {
  type Call,
  createMockOpenAI,
  type FaultName,
  type JournalEntry,
  type MockOpenAI,
  type MockOptions,
  type MockSession,
  matchers,
  type OpenedSession,
  type PolicyInput,
  type RuleInput,
  type ScenarioInput,
  type Verdict,
} from '../src/index.ts';
import * as jest from '../src/jest.ts';
import { type MockMatchers, useMockOpenAI } from '../src/vitest.ts';

/* What programs are written against. The types are checked by `tsc`, with the build of the tests. */

test('the mock has the types that the documentation shows', () => {
  expectTypeOf(createMockOpenAI).parameter(0).toEqualTypeOf<MockOptions | undefined>();
  expectTypeOf<Awaited<ReturnType<typeof createMockOpenAI>>>().toEqualTypeOf<MockOpenAI>();
  expectTypeOf<MockOptions['scenario']>().toEqualTypeOf<string | ScenarioInput | undefined>();
  expectTypeOf<MockOpenAI>().toExtend<MockSession & AsyncDisposable>();
  expectTypeOf<MockOpenAI['session']>().returns.toEqualTypeOf<OpenedSession>();
  expectTypeOf<MockSession['use']>().parameter(0).toEqualTypeOf<RuleInput | readonly RuleInput[]>();
  expectTypeOf<MockSession['journal']>().returns.toEqualTypeOf<JournalEntry[]>();
  expectTypeOf<MockSession['calls']>().returns.toEqualTypeOf<Call[]>();
  expectTypeOf<MockSession['verdict']>().parameter(0).toEqualTypeOf<string | PolicyInput | undefined>();
  expectTypeOf<MockSession['verdict']>().returns.toEqualTypeOf<Verdict>();
});

test('a rule is typed to the names and parameters of its faults', () => {
  expectTypeOf<'overloaded'>().toExtend<FaultName>();
  expectTypeOf<'overlaoded'>().not.toExtend<FaultName>();
  expectTypeOf<{ fault: 'overloaded' }>().toExtend<RuleInput>();
  expectTypeOf<{ fault: 'overlaoded' }>().not.toExtend<RuleInput>();
  expectTypeOf<{ fault: { rate_limit: { retry_after: { raw: string } } } }>().toExtend<RuleInput>();
  expectTypeOf<{ fault: { rate_limit: { retry_after: boolean } } }>().not.toExtend<RuleInput>();
});

test('vitest and Jest know the same matchers, each with the parameters of its own', () => {
  expectTypeOf(useMockOpenAI).returns.toEqualTypeOf<MockOpenAI>();
  expectTypeOf<keyof MockMatchers>().toEqualTypeOf<keyof typeof matchers>();
  expectTypeOf<MockMatchers['toHaveReceivedCalls']>().parameters.toEqualTypeOf<[count: number]>();
  expectTypeOf(expect(0).toHaveReceivedAttempts).parameters.toEqualTypeOf<[count: number]>();
  expectTypeOf(expect(0).not.toPassVerdict).parameter(0).toEqualTypeOf<string | PolicyInput | undefined>();
  expect(jest.matchers).toBe(matchers);
  expect(jest.createMockOpenAI).toBe(createMockOpenAI);
});
