import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
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

async function pack(): Promise<Packed> {
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
