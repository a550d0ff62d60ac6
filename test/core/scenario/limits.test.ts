import { expect, test } from 'vitest';
import { explainLimit } from '../../../src/core/plan/explain-limits.ts';
import { compileLimits } from '../../../src/core/plan/limits.ts';
import { formatProblem } from '../../../src/core/problem.ts';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import { libraries } from '../../../src/libraries.ts';

const parsed = (text: string) => parseScenario({ file: 'limits.yaml', text: `limits:\n${text}` }, libraries);
const problemsOf = (text: string) => (parsed(text).problems ?? []).map(formatProblem);

function inWords(text: string): string[] {
  const { value, problems = [] } = parsed(text);
  if (value === undefined) throw new Error(problems.map(formatProblem).join('\n'));
  return compileLimits(value.limits, libraries).map(explainLimit);
}

test('limits are explained in words, in the order of the file', () => {
  expect(
    inWords(`
  gpt-4o: { rpm: 500, tpm: 30000 }
  gpt-5*: { tier: tier-2, rpd: 9, tpd: 1000000, precount: documented, failed_requests_count: true, refund_unused: true,
            project_tokens: true, hints: { retry_after: date, retry_after_ms: true, should_retry: true } }
  o3: { rpm: 1, hints: { retry_after: none } }
  gpt-4.1: free
  "*": tier-1
`),
  ).toEqual([
    'gpt-4o: 500 requests per minute, 30,000 tokens per minute',
    'gpt-5*: tier 2 as published, 9 requests per day, 1,000,000 tokens per day; max_tokens counts; refused requests count; unused tokens flow back; project tokens are shown; Retry-After is a date; retry-after-ms is sent; x-should-retry is sent',
    'o3: 1 request per minute; no Retry-After',
    'gpt-4.1: the free tier as published',
    '*: tier 1 as published',
  ]);
});

test('keys, ramps, windows, places and changes are explained in words', () => {
  expect(
    inWords(`
  keys: { "sk-b*": { "*": { rpm: 10 } }, sk-whole-key: { o3: tier-1 } }
  gpt-4o: { rpm: { from: 500, to: 50, over: 5m }, in_flight: 8, window: fixed }
  changes: [{ at: 1m, gpt-4o: tier-1 }, { at: 30s, gpt-4o: { in_flight: 1 } }]
`),
  ).toEqual([
    '* with a key like sk-b*: 10 requests per minute',
    'o3 with a certain key: tier 1 as published',
    'gpt-4o: 500 to 50 requests per minute within 5m, 8 requests at once; from 30s on 1 request at once; from 1m on tier 1 as published; in fixed windows',
  ]);
});

test('what is said by default can be said', () => {
  const plain = '  "*": { rpm: 1 }';
  const said =
    '  "*": { rpm: 1, precount: 2025, failed_requests_count: false, refund_unused: false, project_tokens: false, hints: { retry_after: seconds, should_retry: false } }';
  expect(parsed(said).value?.limits).toEqual(parsed(plain).value?.limits);
  expect(parsed('  "*": { tier: tier-1 }').value?.limits).toEqual(parsed('  "*": tier-1').value?.limits);
});

test('every mistake is reported at its place', () => {
  expect(
    problemsOf(`
  a: tier-9
  b: { rpm: 0, tpn: 7 }
  c: {}
  d: { precount: 2024, rpm: 1 }
  e: { rpm: 1, hints: { retry_after: secs } }
  f: { rpm: 1.5 }
  g: 7
  /[/: tier-1
`),
  ).toMatchInlineSnapshot(`
    [
      "limits.yaml:3:6 unknown tier "tier-9". Did you mean "tier-1"?",
      "limits.yaml:4:13 limits.b.rpm: expected a number of at least 1, found 0",
      "limits.yaml:4:16 unknown key "tpn". Did you mean "tpm"?",
      "limits.yaml:5:6 limits.c: limits nothing: give one of tier, rpm, tpm, rpd, tpd, in_flight",
      "limits.yaml:6:18 limits.d.precount: expected 2025 or documented, found 2024",
      "limits.yaml:7:38 limits.e.hints.retry_after: unknown value "secs". Known: seconds, date, none.",
      "limits.yaml:8:13 limits.f.rpm: expected a whole number or a mapping, found 1.5",
      "limits.yaml:9:6 limits.g: expected tier-1 or tier-2 or tier-3 or tier-4 or tier-5 or free or a mapping, found 7",
      "limits.yaml:10:3 limits./[/: invalid regular expression /[/: missing closing ]: \`[\`",
    ]
  `);
});

test('an entry that none is left for is a mistake', () => {
  expect(
    problemsOf(`
  gpt-4o: { rpm: 1 }
  gpt-4*: { rpm: 2 }
  gpt-4o-mini: { rpm: 3 }
  gpt-4o*: { rpm: 4 }
  /gpt-4/: { rpm: 5 }
  gpt-5?: { rpm: 6 }
  gpt-5*: { rpm: 7 }
  "*": tier-1
  o3: free
  /o/: free
`),
  ).toEqual([
    'limits.yaml:5:3 limits.gpt-4o-mini: never counts: gpt-4* above fits the same models, and the first that fits counts',
    'limits.yaml:6:3 limits.gpt-4o*: never counts: gpt-4* above fits the same models, and the first that fits counts',
    'limits.yaml:11:3 limits.o3: never counts: * above fits the same models, and the first that fits counts',
    'limits.yaml:12:3 limits./o/: never counts: * above fits the same models, and the first that fits counts',
  ]);
});

test('a snapshot that the entry for its alias already speaks of is a mistake', () => {
  expect(problemsOf('  gpt-4o: { rpm: 1 }\n  gpt-4o-2024-08-06: { rpm: 2 }')).toEqual([
    'limits.yaml:3:3 limits.gpt-4o-2024-08-06: never counts: gpt-4o above fits the same models, and the first that fits counts',
  ]);
  expect(problemsOf('  gpt-4o-2024-08-06: { rpm: 2 }\n  gpt-4o: { rpm: 1 }')).toEqual([]);
});

test('a number beyond all limits is reported once', () => {
  expect(problemsOf('  o1: { rpm: 99999999999999999999 }')).toHaveLength(1);
});
