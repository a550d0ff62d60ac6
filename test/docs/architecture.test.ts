import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { CORE_ORDER, SHELL_ORDER } from '../architecture-rules.ts';
import { blocks, pages, pageText } from '../support/pages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = pageText('docs/architecture.md');

/** The folders in the first column of the table below a heading. */
function folders(heading: string): string[] {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `(\S+)\/` \|/gm)].map(([, name = '']) => name);
}

test('the folders are listed in the order that is enforced', () => {
  expect(folders('Folders of `src/core/`')).toEqual(CORE_ORDER);
  expect(folders('Folders of `src/` above the core')).toEqual(SHELL_ORDER.filter((name) => name !== 'core'));
});

test('the names in the picture of a request are names of the code', () => {
  const [picture] = blocks(['docs/architecture.md']).filter(({ code }) => code.includes('runReply'));
  const source = [
    'server',
    'exchange',
    'session',
    'core/wire',
    'core/correlation',
    'core/limits',
    'core/journal',
    'core/openai',
    'core/plan',
  ].flatMap((folder) =>
    readdirSync(join(root, 'src', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(root, 'src', folder, name), 'utf8')),
  );
  const declared = new Set(
    source.flatMap((text) => [...text.matchAll(/\b(?:interface|class|type) (\w+)/g)].map(([, name = '']) => name)),
  );
  const types = [...(picture?.code.matchAll(/\b[A-Z][a-z]+(?:[A-Z][a-z]+)*\b/g) ?? [])].map(([name]) => name);
  expect(types.length).toBeGreaterThan(8);
  for (const name of types) expect([...declared], name).toContain(name);
});

test('a request passes through at most 14 shapes, and each is declared where it is handed on', () => {
  const [, count = '', list = ''] = /passes through (\d+) shapes: ([^.]*)\./.exec(page) ?? [];
  const names = list.split(/,\s+/);
  expect(names).toHaveLength(Number(count));
  expect(names.length).toBeLessThanOrEqual(14);
  const source = ['server', 'exchange', 'session', 'core/wire', 'core/journal', 'core/openai/request'].flatMap((folder) =>
    readdirSync(join(root, 'src', folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(root, 'src', folder, name), 'utf8')),
  );
  const isDeclared = (name: string) => source.some((text) => new RegExp(`export (interface|type|class) ${name}\\b`).test(text));
  expect(names.filter((name) => !isDeclared(name))).toEqual([]);
});

test('the files that pages name exist', () => {
  const named = pages.flatMap((name) =>
    [
      ...pageText(name).matchAll(
        /`((?:src|test|\.config|\.ci|\.github|core|server|exchange|session|scenario-files|backoff|harness|matchers)\/[\w./-]+\.\w+)`/g,
      ),
    ].map(([, file = '']) => file),
  );
  expect(named.length).toBeGreaterThan(15);
  const missing = named.filter(
    (file) => !file.includes('/my-') && ![file, `src/${file}`, `src/core/${file}`].some((path) => existsSync(join(root, path))),
  );
  expect(missing).toEqual([]);
});
