import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bundledScenarios } from '../../src/scenario-files/load-scenario.ts';
import { blocks, pageText } from '../support/pages.ts';

/* Every line of a shell block names commands, flags, scenarios and files that exist. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** Files that a reader has, not we. */
const READERS_FILES = ['client.mjs', './client', 'baseline.json', 'test/client.mjs', 'test/baseline.json'];

interface Line {
  readonly where: string;
  readonly words: readonly string[];
}

/** The commands of all shell blocks, and those that a workflow runs. */
const lines: Line[] = blocks()
  .filter(({ language, kind }) => language === 'sh' || kind.startsWith('workflow') || kind === 'gitlab')
  .flatMap(({ page, line, language, code }) =>
    code.split('\n').flatMap((text, index) => {
      const command = language === 'sh' ? text : (/- (?:run: )?(np[mx] .*)$/.exec(text)?.[1] ?? '');
      return command
        .replace(/ #.*$/, '')
        .split(' && ')
        .map((part) => ({ where: `${page}:${line + index + 1}`, words: part.match(/'[^']*'|\S+/g) ?? [] }));
    }),
  )
  .filter(({ words }) => words.length > 0);

/** The flags of each command, by its name: from its help on the page of the command line, which another test keeps current. */
const flags = new Map(
  [...pageText('docs/cli.md').matchAll(/<!-- help (\w+) -->([\s\S]*?)<!-- \/help/g)].map(
    ([, name = '', help = '']) => [name, help.match(/--[a-z-]+/g) ?? []] as const,
  ),
);

/** What is wrong with the words after `mock-openai`. */
function mistakes(words: readonly string[]): string[] {
  const own = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  const [first = ''] = own;
  const command = first === '' || first.startsWith('-') ? 'serve' : first;
  const known: readonly string[] | undefined = flags.get(command);
  if (known === undefined) return [`no command ${command}`];
  return own.flatMap((word, index) => {
    const after = own[index + 1] ?? '';
    const given = word.startsWith('--') && !known.includes(word) ? [`${command} has no flag ${word}`] : [];
    if (word === '--scenario' && !bundledScenarios().includes(after) && !existsSync(join(root, after)) && !after.startsWith('/'))
      given.push(`no scenario ${after}`);
    if (['--client', '--baseline'].includes(word) && !existsSync(join(root, after)) && !READERS_FILES.includes(after))
      given.push(`no file ${after}`);
    return given;
  });
}

test('commands of mock-openai exist, with their flags, scenarios and files', () => {
  expect(flags.size).toBeGreaterThan(9);
  const ours = lines.filter(({ words }) => words.includes('mock-openai'));
  expect(ours.length).toBeGreaterThan(12);
  const wrong = ours
    .filter(({ words }) => words[0] === 'npx')
    .flatMap(({ where, words }) => mistakes(words.slice(2)).map((mistake) => `${where} ${mistake}`));
  expect(wrong).toEqual([]);
});

test('a command, a flag, a scenario and a file that do not exist are noticed', () => {
  expect(mistakes(['prove'])).toEqual(['no command prove']);
  expect(mistakes(['run', '--fast', '--scenario', 'flakey', '--', 'x', '--y'])).toEqual([
    'run has no flag --fast',
    'no scenario flakey',
  ]);
  expect(mistakes(['probe', '--client', 'nowhere.mjs'])).toEqual(['no file nowhere.mjs']);
  expect(mistakes(['--port', '1'])).toEqual([]);
});

test('scripts of npm exist', () => {
  const asked = lines.flatMap(({ words }) => (words[0] === 'npm' && words[1] === 'run' ? [words[2] ?? ''] : []));
  expect(asked.length).toBeGreaterThan(3);
  for (const name of asked) expect(Object.keys(scripts)).toContain(name);
});

test('examples that are run exist', () => {
  const files = lines.flatMap(({ words }) => words.filter((word) => word.startsWith('examples/')));
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) expect(existsSync(join(root, file)), file).toBe(true);
});

test('every block says how it is checked', () => {
  const known = [
    'sh',
    'sh run',
    'sh serve',
    'sh install',
    'sh probe',
    'sh load',
    'sh admin',
    'sh docker',
    'sh helm',
    'sh dev',
    'text',
    'text run',
    'text output',
    'text problems',
    'text chart',
    'text pytest',
    'text run pytest',
    'yaml scenario',
    'yaml rules',
    'yaml policy',
    'yaml workflow',
    'yaml workflow step',
    'yaml action',
    'yaml gitlab',
    'ts vitest.config.ts',
    'js jest.config.js',
    'yaml compose',
    'js example',
    'js client',
    'js targets',
    'js jest',
    'js tls',
    'ts vitest',
    'ts members',
    'json calls',
    'json verdict',
    'json limits',
    'python conftest.py',
    'python test_client.py',
    'go client_test.go',
    'ts mock-openai.test.ts',
    'python test_mock_openai.py',
    'go mock_openai_test.go',
    'java MockOpenAITest.java',
    'xml pom.xml',
    'md',
  ]; // prettier-ignore
  const unknown = blocks()
    .map(({ page, line, language, kind }) => ({ where: `${page}:${line}`, info: `${language} ${kind}`.trim() }))
    .filter(({ info }) => !known.includes(info) && !/^(?:ts src|python integrations)\//.test(info));
  expect(unknown).toEqual([]);
});
