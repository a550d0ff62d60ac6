import { expect, test } from 'vitest';
import { exampleFault, exampleRule } from '../../../src/cli/output/example-fault.ts';
import { faults } from '../../../src/core/faults/registry.ts';
import { formatProblem } from '../../../src/core/problem.ts';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import { libraries } from '../../../src/libraries.ts';

test.each(faults)('the example of $name is what a scenario takes', (fault) => {
  const { problems = [] } = parseScenario({ file: 'example', data: { rules: [exampleRule(fault)] } }, libraries);
  expect(problems.map(formatProblem)).toEqual([]);
});

test('the example of a fault with parameters of its own has one of them', () => {
  const exampleOf = (name: string) => exampleFault(faults.find((fault) => fault.name === name) as (typeof faults)[number]);
  expect(exampleOf('connection_reset')).toEqual({ connection_reset: { at: 'body' } });
  expect(exampleOf('truncated_stream')).toEqual({ truncated_stream: { after_chunks: 5 } });
  expect(exampleOf('overloaded')).toEqual({ overloaded: { retry_after: '2s' } });
  expect(exampleOf('latency')).toEqual({ latency: '5s' });
  expect(exampleOf('ok')).toBe('ok');
});
