import { expect, test, vi } from 'vitest';
import { libraries } from '../../src/libraries.ts';
import { loadScenario } from '../../src/scenario-files/load-scenario.ts';
import { warmUpSteps } from '../../src/session/warm-up.ts';

test('the faker of the first answer and the checks of the first schema are loaded, each in a step of its own', () => {
  const createFaker = vi.fn(libraries.createFaker);
  const checkSchema = vi.fn(libraries.checkSchema);
  const watched = { ...libraries, createFaker, checkSchema };
  const scenario = loadScenario({ file: 'scenario', data: {} }, libraries);
  const calls = warmUpSteps({ scenario, libraries: watched }).map((step) => {
    step();
    return [createFaker.mock.calls.length > 0, checkSchema.mock.calls.length > 0];
  });
  expect(calls).toEqual([
    [true, false],
    [true, true],
  ]);
});
