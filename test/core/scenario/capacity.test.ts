import { expect, test } from 'vitest';
import { explainCapacity } from '../../../src/core/plan/explain-capacity.ts';
import { formatProblem } from '../../../src/core/problem.ts';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import { libraries } from '../../../src/libraries.ts';

const parsed = (text: string) => parseScenario({ file: 'capacity.yaml', text: `capacity: ${text}` }, libraries);
const problemsOf = (text: string) => (parsed(text).problems ?? []).map(formatProblem);

function inWords(text: string): string {
  const { value, problems = [] } = parsed(text);
  if (value?.capacity === undefined) throw new Error(problems.map(formatProblem).join('\n'));
  return explainCapacity(value.capacity);
}

test('a capacity is explained in words', () => {
  expect(inWords('{ rate: 50/s }')).toBe(
    'serves 50/s, 1 at once; 50 may wait, up to 1s; others are refused with 503, which costs 0.1 of a place each',
  );
  expect(inWords('{ rate: 30/m, burst: 3, queue: 0, service_time: 200ms, status: 429, refusal_cost: 0 }')).toBe(
    'serves 30/m, 3 at once, each in 200ms; none may wait; others are refused with 429',
  );
});

test('what is wrong is told with its place', () => {
  expect(problemsOf('{ rate: 50, burst: 0, queue: -1, status: 500, refusal_kost: 1 }')).toMatchInlineSnapshot(`
    [
      "capacity.yaml:1:19 capacity.rate: expected a rate such as 50/s, 0.5/s or 600/m, found 50",
      "capacity.yaml:1:30 capacity.burst: expected a number of at least 1, found 0",
      "capacity.yaml:1:40 capacity.queue: expected a number of at least 0, found -1",
      "capacity.yaml:1:52 capacity.status: expected 503 or 429, found 500",
      "capacity.yaml:1:57 unknown key "refusal_kost". Did you mean "refusal_cost"?",
    ]
  `);
  expect(problemsOf('{ burst: 2 }')).toMatchInlineSnapshot(`
    [
      "capacity.yaml:1:11 capacity.rate: missing key "rate": expected a rate such as 50/s, 0.5/s or 600/m, found nothing",
    ]
  `);
});
