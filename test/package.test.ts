import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packed, projectWithPackage } from './support/project-with-package.ts';

/* The package as npm would pack it. What takes a compiler or a build is in test/witnesses/package.test.ts. */

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

test('the package has the licence of every library of which it has a part', async () => {
  const paths = (await packed()).files.map(({ path }) => path);
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
  expect(command).toContain(`npm pack path/to/the/clone && npm install --save-dev openai ./${(await packed()).filename}`);
});

test.each(['mock-openai', 'mock-openai/jest'])(
  'require gives the same %s as import',
  async (entry) => {
    const script = `import(${JSON.stringify(entry)}).then((imported) => {
    const required = require(${JSON.stringify(entry)});
    console.log(Object.keys(imported).filter((name) => imported[name] !== required[name]).length, typeof required.createMockOpenAI);
  });`;
    const folder = await projectWithPackage({ 'main.cjs': script });
    const { stdout } = await run(process.execPath, ['main.cjs'], { cwd: folder });
    expect(stdout).toBe('0 function\n');
  },
  90_000,
);
