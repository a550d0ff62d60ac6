import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { blocks, onlyBlock } from '../support/pages.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

/*
 * What people copy into a project of theirs, run as they would. A toolchain that is not installed skips its test. Go compiles
 * its standard library first, a minute of work.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** As `rate-limited`, with shorter waits. */
const SHORT = 'rules:\n  - attempts: 1..1\n    fault: { rate_limit: { retry_after: 1s } }\n';

/** Whether a program starts. */
async function starts(program: string, ...args: string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  );
}

/** A project of ES modules with the package and others of its dependencies. */
function project(files: Readonly<Record<string, string>>, packages: readonly string[]): string {
  const folder = tempFolder({ 'package.json': '{ "type": "module" }', ...files });
  mkdirSync(join(folder, 'node_modules'));
  for (const name of packages) symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  symlinkSync(root, join(folder, 'node_modules/mock-openai'));
  return folder;
}

test('the examples for vitest pass', async () => {
  const [first, second, ...more] = blocks().filter(({ language, kind }) => `${language} ${kind}` === 'ts vitest');
  expect(more).toEqual([]);
  const files = { 'readme.test.ts': first?.code ?? '', 'page.test.ts': second?.code ?? '' };
  const folder = project(files, ['openai', 'vitest', 'vite']);
  const { stdout } = await run(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  });
  expect(stdout).toMatch(/Test Files +2 passed/);
  expect(stdout).toMatch(/Tests +3 passed/);
}, 90_000);

test('the example for Jest passes', async (context) => {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  if (!existsSync(jest)) context.skip('jest is not installed');
  const folder = project({ 'example.test.cjs': onlyBlock('docs/jest.md', 'js jest') }, ['openai', 'jest', '@jest']);
  const args = [jest, '--rootDir', folder, '--testMatch', '**/*.test.cjs'];
  const { stderr } = await run(process.execPath, args, { cwd: folder });
  expect(stderr).toMatch(/Tests: +1 passed/);
}, 90_000);

test('pytest under run: each test is a call of its own', async (context) => {
  if (!(await starts('pytest', '--version'))) context.skip('pytest is not installed');
  const folder = tempFolder({
    'conftest.py': onlyBlock('docs/pytest.md', 'python conftest.py'),
    'test_client.py': onlyBlock('docs/pytest.md', 'python test_client.py'),
    'short.yaml': SHORT,
  });
  const args = ['run', '--scenario', 'short.yaml', '--', 'pytest', '-q', '-p', 'no:cacheprovider'];
  const { code, stdout, stderr } = await runCli(args, folder);
  expect(stdout).toMatch(/2 passed/);
  expect(stderr.split('\n')).toEqual(
    expect.arrayContaining(onlyBlock('docs/pytest.md', 'text run pytest').trimEnd().split('\n')),
  );
  expect(code).toBe(0);
}, 90_000);

test('go test under run: each test is a call of its own', async (context) => {
  if (!(await starts('go', 'version'))) context.skip('go is not installed');
  const folder = tempFolder({
    'go.mod': 'module example.com/client\n\ngo 1.21\n',
    'client_test.go': onlyBlock('docs/go.md', 'go client_test.go'),
    'short.yaml': SHORT,
  });
  const args = ['run', '--scenario', 'short.yaml', '--', 'go', 'test', '-count=1', './...'];
  const { code, stdout, stderr } = await runCli(args, folder);
  expect(stdout).toMatch(/^ok/m);
  expect(stderr).toMatch(/^recognised +exact 2$/m);
  expect(code).toBe(0);
}, 600_000);
