import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { tempFolder } from './support/temp-folder.ts';

/* What `npm pack` would pack, laid out in a project as an installed package. */

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

let packed: Promise<Packed> | undefined;

function pack(): Promise<Packed> {
  return (packed ??= whatNpmPacks());
}

async function whatNpmPacks(): Promise<Packed> {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await run('npm', args, { cwd: root, maxBuffer: 2 ** 24 });
  const told: unknown = JSON.parse(stdout);
  // npm tells a list, from version 12 on a record.
  return Object.values(told as Record<string, Packed>)[0] as Packed;
}

/** A project that has the package, what it depends on, and vitest. */
async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = tempFolder({ 'package.json': '{ "type": "module" }', ...files });
  const modules = join(folder, 'node_modules');
  for (const { path } of (await pack()).files) {
    const place = join(modules, 'mock-openai', path);
    mkdirSync(dirname(place), { recursive: true });
    cpSync(join(root, path), place);
  }
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object };
  for (const name of [...Object.keys(dependencies), 'vitest']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  return folder;
}

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
  const folder = await project({ 'consumer.ts': CONSUMER, 'with-jest.ts': WITH_JEST, 'tsconfig.json': tsconfig });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = await run(process.execPath, [tsc, '-p', '.'], { cwd: folder }).catch((error) => error);
  expect(stdout).toBe('');
}, 90_000);

test('the package has the types of its entries and one file of what they share', async () => {
  const types = (await pack()).files.map(({ path }) => path).filter((path) => /\.d\.c?ts$/.test(path));
  const entries = ['index.d.cts', 'index.d.ts', 'jest.d.cts', 'jest.d.ts', 'vitest.d.ts'];
  expect(types.sort()).toEqual([...entries, 'types/shared.d.ts'].map((file) => `dist/${file}`).sort());
});

test('the package has the licence of every library of which it has a part', async () => {
  const paths = (await pack()).files.map(({ path }) => path);
  expect(paths).toContain('dist/THIRD-PARTY-LICENSES.txt');
  const licenses = readFileSync(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const name of ['ajv', 'commander', 'd3-scale', 'gpt-tokenizer', 'json-schema-faker', 'p-limit', 're2js', 'vega-view'])
    expect(licenses).toMatch(new RegExp(`^${name} \\d\\S+ \\((MIT|ISC|BSD-3-Clause)\\)\\n\\n[\\s\\S]{0,200}Copyright`, 'm'));
});

test('the package installs few other packages', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean; peer?: boolean }>;
  };
  const installed = Object.entries(packages).filter(
    ([path, { dev, devOptional, peer }]) => path !== '' && !dev && !devOptional && !peer,
  );
  expect(installed.length).toBeLessThanOrEqual(10);
});

test('the README installs the file that npm packs', async () => {
  const [, command] = /^```sh install\n(.*)\n```$/m.exec(readFileSync(join(root, 'README.md'), 'utf8')) ?? [];
  expect(command).toContain(`npm pack path/to/the/clone && npm install --save-dev openai ./${(await pack()).filename}`);
});

test.each(['mock-openai', 'mock-openai/jest'])(
  'require gives the same %s as import',
  async (entry) => {
    const script = `import(${JSON.stringify(entry)}).then((imported) => {
    const required = require(${JSON.stringify(entry)});
    console.log(Object.keys(imported).filter((name) => imported[name] !== required[name]).length, typeof required.createMockOpenAI);
  });`;
    const folder = await project({ 'main.cjs': script });
    const { stdout } = await run(process.execPath, ['main.cjs'], { cwd: folder });
    expect(stdout).toBe('0 function\n');
  },
  90_000,
);

/** What a clone has when it was installed and never built. */
function clone(): string {
  const folder = tempFolder();
  for (const name of [
    'package.json',
    '.npmrc',
    '.config',
    'tsconfig.json',
    'src',
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
  const { filename } = await pack();
  const folder = tempFolder();
  await run('tar', ['xzf', join(cwd, filename), '-C', folder]);
  expect(statSync(join(folder, 'package/dist/cli/main.js')).mode & 0o111).toBe(0o111);
  expect(statSync(join(folder, 'package/dist/index.d.ts')).size).toBeGreaterThan(0);
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8')) as { scripts: object };
  const atInstall = ['prepare', 'preinstall', 'install', 'postinstall'];
  expect(Object.keys(scripts).filter((name) => atInstall.includes(name))).toEqual([]);
}, 300_000);
