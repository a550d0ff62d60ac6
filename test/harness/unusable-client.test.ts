import { join } from 'node:path';
import { expect, test } from 'vitest';
import { uncaughtError } from '../../src/harness/uncaught-error.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const FLAGS = {
  probe: ['--only', 'same_body', '--processes', '1'],
  load: ['--at-once', '1', '--for', '100ms', '--drain', '1s', '--processes', '1'],
};

const FILES: Record<string, string> = {
  'nothing.mjs': 'export const nothing = 1;\n',
  'syntax.mjs': 'export default async () => {\n  const a = ;\n};\n',
  'within.mjs': "\nimport './syntax.mjs';\n",
  'required.cjs': "\nrequire('no-such-package');\n",
  'imported.mjs': "import 'no-such-package';\n",
  'client.yaml': 'a: 1\n',
  'throws.mjs': '\n\nthrow new TypeError("first line\\nsecond line");\n',
  'text.mjs': 'throw "a text";\n',
  'folder/client.mjs': '',
};

test.each([
  ['probe', 'nothing.mjs', /^error: cannot use \S+: it has no default export that is a function$/],
  ['load', 'nothing.mjs', /^error: cannot use the client: it has no default export that is a function$/],
  ['probe', 'syntax.mjs', /^error: cannot use \S+: SyntaxError: Unexpected token ';' \(\/\S+\/syntax\.mjs:2\)$/],
  ['load', 'syntax.mjs', /^error: cannot use the client: SyntaxError: Unexpected token ';' \(\/\S+\/syntax\.mjs:2\)$/],
  ['probe', 'within.mjs', /Unexpected token ';' \(\/\S+\/syntax\.mjs:2\)$/],
  ['probe', 'required.cjs', /Cannot find module 'no-such-package' .*\(\/\S+\/required\.cjs:2\)$/],
  ['probe', 'imported.mjs', /Cannot find package 'no-such-package' imported from \/\S+\/imported\.mjs$/],
  ['load', 'client.yaml', /Unknown file extension "\.yaml" for \/\S+\/client\.yaml$/],
  ['probe', 'throws.mjs', /: TypeError: first line second line \(\/\S+\/throws\.mjs:3\)$/],
  ['probe', 'text.mjs', /: a text$/],
  ['probe', 'folder', /^error: cannot read \S+: it is a folder; --client takes a file$/],
  ['load', 'folder', /^error: cannot read \S+: it is a folder; --client takes a file$/],
] as const)('%s tells in one line why it cannot use %s', { timeout: 60_000 }, async (command, name, message) => {
  const { code, stderr } = await runCli([command, '--client', join(tempFolder(FILES), name), ...FLAGS[command]]);
  expect(stderr.trimEnd()).toMatch(message);
  expect(code).toBe(2);
});

test('what a client throws while nobody waits is told with its place', { timeout: 60_000 }, async () => {
  const client =
    'export default async () => {\n  setTimeout(() => { throw new Error("late"); });\n  await new Promise(() => {});\n};\n';
  const path = join(tempFolder({ 'late.mjs': client }), 'late.mjs');
  const { stdout } = await runCli(['load', '--client', path, ...FLAGS.load, '--json']);
  expect(stdout).toMatch(/ended with code 1: Error: late \(\/\S+\/late\.mjs:2\)"/);
});

test.each([
  ['', undefined],
  ['a warning\n', undefined],
  [
    '…t of a long line\n   ^\n\nRangeError: too far\n    at f (/app/a.mjs:7:1)\n\nNode.js v20.20.2\n',
    'RangeError: too far (/app/a.mjs:7)',
  ],
  [
    'node:internal/x:1\n  throw err;\n  ^\n\nError: gone\n    at node:internal/x:1:1 {\n  code: 1\n}\n\nNode.js v24.1.0',
    'Error: gone',
  ],
  ['/app/a.cjs:2\nthrow null\n^\nnull\n(Use `node --trace-uncaught ...` to show)\n\nNode.js v20.20.2\n', 'null (/app/a.cjs:2)'],
])('the error in %j is %j', (stderr, error) => {
  expect(uncaughtError(stderr)).toBe(error);
});
