import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { tempFolder } from './temp-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** What `npm pack` would pack. */
interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

let asked: Promise<Packed> | undefined;

/** What is built and would be packed. Asks npm once. */
export function packed(): Promise<Packed> {
  return (asked ??= whatNpmPacks());
}

async function whatNpmPacks(): Promise<Packed> {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await run('npm', args, { cwd: root, maxBuffer: 2 ** 24 });
  const told: unknown = JSON.parse(stdout);
  // npm tells a list, from version 12 on a record.
  return Object.values(told as Record<string, Packed>)[0] as Packed;
}

/** A project that has the package as it would be packed, what it depends on, and vitest. Returns its folder. */
export async function projectWithPackage(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = tempFolder({ 'package.json': '{ "type": "module" }', ...files });
  const modules = join(folder, 'node_modules');
  for (const { path } of (await packed()).files) {
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
