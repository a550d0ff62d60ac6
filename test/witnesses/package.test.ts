import { execFile } from 'node:child_process';
import { cpSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packed, projectWithPackage } from '../support/project-with-package.ts';
import { tempFolder } from '../support/temp-folder.ts';

/* The package for compilers, and what npm makes of a clone. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

const CONSUMER = `
import { createMockOpenAI, type MockOpenAI } from 'mock-openai';
import { useMockOpenAI } from 'mock-openai/vitest';
import { expect } from 'vitest';

export async function ask(): Promise<string> {
  const mock: MockOpenAI = await createMockOpenAI({ scenario: { rules: [{ fault: 'overloaded' }] } });
  await mock[Symbol.asyncDispose]();
  expect(useMockOpenAI()).toHaveReceivedCalls(1);
  return mock.baseURL;
}
`;

const WITH_JEST = `
import { createMockOpenAI, matchers } from 'mock-openai/jest';

export const counts: (this: object, received: unknown, count: number) => { pass: boolean } = matchers.toHaveReceivedCalls;
export const start = createMockOpenAI;
`;

test('the packed types are whole for a strict project of target es2022 without types of Node', async () => {
  const compilerOptions = { target: 'es2022', module: 'nodenext', strict: true, skipLibCheck: false, types: [], noEmit: true };
  const tsconfig = JSON.stringify({ compilerOptions, files: ['consumer.ts', 'with-jest.ts'] });
  const folder = await projectWithPackage({ 'consumer.ts': CONSUMER, 'with-jest.ts': WITH_JEST, 'tsconfig.json': tsconfig });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = await run(process.execPath, [tsc, '-p', '.'], { cwd: folder }).catch((error) => error);
  expect(stdout).toBe('');
}, 90_000);

test('the package has the types of its entries and one file of what they share', async () => {
  const types = (await packed()).files.map(({ path }) => path).filter((path) => /\.d\.c?ts$/.test(path));
  const entries = [
    'index.d.cts',
    'index.d.ts',
    'jest.d.cts',
    'jest.d.ts',
    'jest-setup.d.cts',
    'vitest.d.ts',
    'vitest-setup.d.ts',
  ];
  expect(types.sort()).toEqual([...entries, 'types/shared.d.ts'].map((file) => `dist/${file}`).sort());
});

/** What a clone has when it was installed and never built. */
function clone(): string {
  const folder = tempFolder();
  for (const name of [
    'package.json',
    '.npmrc',
    '.config',
    'tsconfig.json',
    'src',
    'live-page',
    'scenarios',
    'schemas',
    'CHANGELOG.md',
    'README.md',
  ])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** npm in that folder, with a cache of that name, without the registry. */
async function npm(args: readonly string[], { cwd, cache }: { cwd: string; cache: string }): Promise<string> {
  const env = { ...process.env, npm_config_cache: cache, npm_config_offline: 'true', npm_config_update_notifier: 'false' };
  return (await run('npm', args, { cwd, env, maxBuffer: 2 ** 24 })).stdout;
}

test('the bin can be run after each build, through npx from a fresh and from a used cache', async () => {
  const cwd = clone();
  const caches = tempFolder();
  const version = async (cache: string) =>
    (await npm(['exec', '--', 'mock-openai', '--version'], { cwd, cache: join(caches, cache) })).trim();
  for (const cache of ['first', 'first', 'second']) {
    await npm(['run', 'bundle'], { cwd, cache: join(caches, cache) });
    // npm sets it where it links the package for the first time; what is looked at here is what the build left.
    expect(statSync(join(cwd, 'dist/cli/main.js')).mode & 0o777).toBe(0o755);
    expect(await version(cache)).toMatch(/^\d+\.\d+\.\d+$/);
  }
}, 120_000);

test('npm pack builds a clone that was never built, and packs a bin to run and no script of an install', async () => {
  const cwd = clone();
  await npm(['pack', '--silent'], { cwd, cache: join(cwd, '.cache') });
  const { filename } = await packed();
  const folder = tempFolder();
  await run('tar', ['xzf', join(cwd, filename), '-C', folder]);
  expect(statSync(join(folder, 'package/dist/cli/main.js')).mode & 0o111).toBe(0o111);
  expect(statSync(join(folder, 'package/dist/index.d.ts')).size).toBeGreaterThan(0);
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8')) as { scripts: object };
  const atInstall = ['prepare', 'preinstall', 'install', 'postinstall'];
  expect(Object.keys(scripts).filter((name) => atInstall.includes(name))).toEqual([]);
}, 300_000);
