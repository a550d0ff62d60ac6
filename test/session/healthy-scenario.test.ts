import { expect, test } from 'vitest';
import { libraries } from '../../src/libraries.ts';
import { loadScenario } from '../../src/scenario-files/load-scenario.ts';
import { healthyScenario } from '../../src/session/healthy-scenario.ts';

test.each([undefined, 7])('it is what the schema makes of a scenario with only this name, with seed %s', (seed) => {
  const read = loadScenario({ file: 'healthy', data: { name: 'healthy' } }, libraries, seed);
  expect(healthyScenario(libraries, seed)).toStrictEqual(read);
});
