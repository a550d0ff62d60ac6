import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { onlyBlock } from '../support/pages.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { installFromNpm, installFromPypi, pythonOf } from './installed-packages.ts';
import { startContainerEngine } from './testcontainers/container-engine.ts';

/* The recipes for Testcontainers, as they stand on their page, with the real libraries. The engine makes processes of containers. */

const run = promisify(execFile);
const PAGE = 'docs/testcontainers.md';
const GO = 'github.com/testcontainers/testcontainers-go';

/** The variables of a test. Nothing is to clean up behind it, and nothing of the engine is to be checked. */
async function environment(): Promise<NodeJS.ProcessEnv> {
  return {
    ...process.env,
    DOCKER_HOST: await startContainerEngine(),
    TESTCONTAINERS_RYUK_DISABLED: 'true',
    TESTCONTAINERS_CHECKS_DISABLE: 'true',
    // Within a container, a library would look for the host elsewhere.
    TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1',
    TESTCONTAINERS_CONNECTION_MODE: 'docker_host',
    NO_COLOR: '1',
    CI: '',
  };
}

/** What a program prints, however it ends: what is expected of it shows why. */
async function printed(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout, stderr } = await run(program, [...args], { cwd, env: await environment() }).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  return stdout + stderr;
}

/** Why a program that is needed cannot be used. */
async function missing(program: string, ...args: string[]): Promise<string | undefined> {
  return run(program, args).then(
    () => undefined,
    () => `${program} is not installed`,
  );
}

test('Node', async ({ skip }) => {
  const folder = tempFolder({ 'mock-openai.test.ts': onlyBlock(PAGE, 'ts mock-openai.test.ts') });
  const reason = await installFromNpm(folder, ['testcontainers@11.9.0', 'vitest@4.1.12', 'vite@7']);
  if (reason !== undefined) skip(reason);
  expect(await printed(join(folder, 'node_modules/.bin/vitest'), ['run'], folder)).toMatch(/Tests +1 passed/);
});

test('Python', async ({ skip }) => {
  const folder = tempFolder({ 'test_mock_openai.py': onlyBlock(PAGE, 'python test_mock_openai.py') });
  const reason = await installFromPypi(join(folder, 'python'), ['testcontainers==4.15.0', 'pytest==9.2.0']);
  if (reason !== undefined) skip(reason);
  expect(await printed(pythonOf(join(folder, 'python')), ['-m', 'pytest', '-q'], folder)).toMatch(/1 passed/);
});

test('Go', async ({ skip }) => {
  const reason = await missing('go', 'version');
  if (reason !== undefined) skip(reason);
  const folder = tempFolder({ 'mock_openai_test.go': onlyBlock(PAGE, 'go mock_openai_test.go') });
  await run('go', ['mod', 'init', 'example.com/client'], { cwd: folder });
  const got = await run('go', ['get', `${GO}@v0.45.0`], { cwd: folder }).catch((error: Error) => error);
  if (got instanceof Error && /dial tcp|no such host|i\/o timeout/.test(got.message)) skip('no proxy of Go answers');
  await run('go', ['mod', 'tidy'], { cwd: folder });
  expect(await printed('go', ['test', './...'], folder)).toMatch(/^ok/m);
}, 1_200_000);

test('Java', async ({ skip }) => {
  const reason = (await missing('mvn', '--version')) ?? (await missing('javac', '--version'));
  if (reason !== undefined) skip(reason);
  const folder = tempFolder({
    'pom.xml': onlyBlock(PAGE, 'xml pom.xml'),
    'src/test/java/MockOpenAITest.java': onlyBlock(PAGE, 'java MockOpenAITest.java'),
  });
  const fetched = await run('mvn', ['-q', '-B', 'test-compile'], { cwd: folder }).catch((error: { stdout: string }) => error);
  if (/Could not transfer|Unknown host/.test(fetched.stdout)) skip('no repository of Maven answers');
  expect(await printed('mvn', ['-B', 'test'], folder)).toMatch(/Tests run: 1, Failures: 0, Errors: 0, Skipped: 0/);
}, 1_200_000);
