import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { endpoints } from '../src/core/openai/endpoints/registry.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Where an endpoint may be named: where it is made, and where it is told how a service differs in it. */
const HOMES = ['core/openai/endpoints/', 'core/openai/dialects/'];
/** Words of their own that are names of endpoints, too. */
const WORDS: ReadonlySet<string> = new Set(['models', 'root']);

/** The files of a folder that name an endpoint as a text, and which one. Comments do not count. */
function namings(folder: string): string[] {
  const names = endpoints.map(({ name }) => name).filter((name) => !WORDS.has(name));
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !HOMES.some((home) => file.startsWith(home)))
    .flatMap((file) => {
      const code = readFileSync(join(folder, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
      return names.filter((name) => code.includes(`'${name}'`)).map((name) => `${file}: ${name}`);
    });
}

test('no file outside of the endpoints and dialects names an endpoint', () => {
  expect(namings(fileURLToPath(new URL('../src/', import.meta.url)))).toEqual([]);
});

test('it is noticed when a file names an endpoint', () => {
  const folder = tempFolder({ 'limits.ts': "export const isChat = (name: string) => name === 'chat.completions';\n" });
  expect(namings(folder)).toEqual(['limits.ts: chat.completions']);
});
