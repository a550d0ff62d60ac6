import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { tempFolder } from './support/temp-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A folder with more files is cut by subject. Plug-ins do not count: each is a subject of its own. */
const MOST_FILES = 45;

/** Folders with too many files, each with their number. */
function crowded(base: string, tops: readonly string[]): string[] {
  const folders = tops.flatMap((top) => [
    join(base, top),
    ...readdirSync(join(base, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !relative(base, entry.parentPath).includes('node_modules'))
      .map((entry) => join(entry.parentPath, entry.name)),
  ]);
  return folders.flatMap((folder) => {
    const plugins = new Set([...pluginsIn(folder), ...pluginsIn(dirname(folder))]);
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    const counted = files.filter(({ name }) => !plugins.has(join(folder, name))).length;
    return counted > MOST_FILES ? [`${relative(base, folder)}: ${counted}`] : [];
  });
}

/** The files that the registry of a folder imports. */
function pluginsIn(folder: string): string[] {
  const registry = join(folder, 'registry.ts');
  if (!existsSync(registry)) return [];
  return [...readFileSync(registry, 'utf8').matchAll(/from '(\.[^']+)'/g)].map(([, path = '']) => join(folder, path));
}

/** What the linter says of a file, by the rules of this project. */
function complaints(file: string, text: string): string {
  const { linter, overrides } = JSON.parse(readFileSync(join(root, '.biome.json'), 'utf8')) as BiomeConfig;
  const config = { linter, overrides: overrides.map(({ plugins: _paths, ...rest }) => rest) };
  const folder = tempFolder({ [file]: text, 'biome.json': JSON.stringify(config) });
  const { stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/biome'), ['lint', file], { cwd: folder, encoding: 'utf8' });
  return stdout + stderr;
}

interface BiomeConfig {
  readonly linter: object;
  readonly overrides: readonly { readonly plugins?: unknown }[];
}

const lines = (count: number) => Array.from({ length: count }, (_, at) => `  console.error(${at});\n`).join('');

test('no folder is crowded with what is no plug-in', () => {
  expect(crowded(root, ['src', 'test', 'bench'])).toEqual([]);
});

test('it is noticed when a folder is crowded', () => {
  const rules = Array.from({ length: 50 }, (_, at) => `rule-${at}.ts`);
  const imports = rules.map((name) => `import './rules/${name}';\nexport * from './rules/${name}';\n`).join('');
  const plugins = Object.fromEntries(rules.map((name) => [`src/judge/rules/${name}`, '']));
  expect(crowded(tempFolder({ ...plugins, 'src/judge/registry.ts': imports }), ['src'])).toEqual([]);
  expect(crowded(tempFolder(plugins), ['src'])).toEqual(['src/judge/rules: 50']);
});

test('it is noticed when a file is too long', () => {
  expect(complaints('src/cli/a.ts', lines(450))).not.toContain('noExcessiveLinesPerFile');
  expect(complaints('src/cli/a.ts', lines(451))).toContain('noExcessiveLinesPerFile');
});

test('it is noticed when a function of core is too long', () => {
  const written = (count: number) => `export function tell(): void {\n${lines(count)}}\n`;
  expect(complaints('src/core/a.ts', written(58))).not.toContain('noExcessiveLinesPerFunction');
  expect(complaints('src/core/a.ts', written(61))).toContain('noExcessiveLinesPerFunction');
  expect(complaints('src/cli/a.ts', written(61))).not.toContain('noExcessiveLinesPerFunction');
});
