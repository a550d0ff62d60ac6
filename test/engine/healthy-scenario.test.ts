import { expect, test } from 'vitest';
import { healthyScenario } from '../../src/engine/healthy-scenario.ts';
import { loadScenario } from '../../src/engine/load-scenario.ts';
import { libraries } from '../../src/libraries.ts';

test.each([undefined, 7])('it is what the schema makes of a scenario with only this name, with seed %s', (seed) => {
  const read = loadScenario({ file: 'healthy', data: { name: 'healthy' } }, libraries, seed);
  expect(healthyScenario(libraries, seed)).toStrictEqual(read);
});
