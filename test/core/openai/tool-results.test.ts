import { expect, test } from 'vitest';
import { toolResultsOf } from '../../../src/core/openai/request/tool-results.ts';

const reportsError = (output: string) =>
  toolResultsOf({ input: [{ type: 'function_call_output', call_id: 'call', output }] }).map((result) => result.reportsError);

test.each([
  ['serde, as Codex hands it on', 'EOF while parsing an object at line 1 column 18'],
  ['serde', 'expected `,` or `}` at line 1 column 9'],
  ['V8', 'Unexpected end of JSON input'],
  ['V8, of a string', 'Unterminated string in JSON at position 9'],
  ['Python', "Expecting ',' delimiter: line 1 column 9 (char 8)"],
  ['V8, of a name', "Expected property name or '}' in JSON at position 1"],
  ['Go', 'unexpected end of JSON input'],
  ['Gson', 'End of input at line 1 column 9 path $.status'],
  ['Jackson', 'Unexpected end-of-input within/between Object entries'],
])('what the parser of %s says of broken arguments is the report of an error', (_parser, text) => {
  expect(reportsError(text)).toEqual([true]);
});

test('what a function answers is no report of an error', () => {
  const answers = ['{"temperature": 21}', 'done', 'The goal is paused.', '', 'Expected delivery: Tuesday', 'an unexpected guest'];
  for (const text of answers) expect(reportsError(text)).toEqual([false]);
});
