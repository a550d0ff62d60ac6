import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { errorWords } from '../src/core/faults/error-words.ts';
import { faults } from '../src/core/faults/registry.ts';
import { parameterCodes } from '../src/core/openai/errors/parameter-codes.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Where a fault may be named. */
const HOMES = ['core/faults/', 'core/openai/dialects/'];
const NAMES: ReadonlySet<string> = new Set(faults.map(({ name }) => name));
/** Words that are the names of faults, and of something else too: OpenAI's codes of errors, zod's of issues, events of Node, plain words. */
const WORDS: ReadonlySet<string> = new Set([
  ...errorWords,
  ...parameterCodes,
  'goaway',
  'invalid_type',
  'invalid_value',
  'ok',
  'hang',
  'latency',
]);
/** A name of several words within a text. */
const SEVERAL = new RegExp(
  `(?<![\\w-])(${[...NAMES].filter((name) => name.includes('_') && !WORDS.has(name)).join('|')})(?![\\w-])`,
);

/** The files of a folder that name a fault, and which one. Comments do not count, nor do the scenarios of probes. */
function namings(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !HOMES.some((home) => file.startsWith(home)))
    .flatMap((file) => {
      const source = ts.createSourceFile(file, readFileSync(join(folder, file), 'utf8'), ts.ScriptTarget.Latest, true);
      return namesIn(source).map((name) => `${file}: ${name}`);
    });
}

function namesIn(node: ts.Node, found: string[] = []): string[] {
  if (isProbe(node)) return found;
  const named = nameIn(node);
  if (named !== undefined) found.push(named);
  ts.forEachChild(node, (child) => void namesIn(child, found));
  return found;
}

/** The fault that a text, or a key of an object, names. */
function nameIn(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) {
    if (NAMES.has(node.text) && (!WORDS.has(node.text) || isComparedWithName(node))) return node.text;
    return SEVERAL.exec(node.text)?.[1];
  }
  if (ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) return SEVERAL.exec(node.text)?.[1];
  const isKey = ts.isPropertyAssignment(node) && ts.isIdentifier(node.name);
  return isKey && NAMES.has(node.name.text) && !WORDS.has(node.name.text) ? node.name.text : undefined;
}

/** `name === 'ok'`: then it is the name of a fault, whatever else the word may mean. */
function isComparedWithName({ parent }: ts.Node): boolean {
  return ts.isBinaryExpression(parent) && [parent.left, parent.right].some((side) => /(^|\.)name$/.test(side.getText()));
}

/** The scenario of a probe: `probe: …`, `const backoffProbe = …`. */
function isProbe(node: ts.Node): boolean {
  return (ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) && /^probe$|Probe$/.test(node.name.getText());
}

test('no file outside of the faults names one of them', () => {
  expect(namings(fileURLToPath(new URL('../src/', import.meta.url)))).toEqual([]);
});

test.each([
  ['in a set', "export const SLOW = new Set(['stalled_stream']);", 'stalled_stream'],
  ['as a key', 'export const weights = { truncated_body: 2 };', 'truncated_body'],
  ['within a text', `export const advice = \`try \${2} times, then bad_gateway\`;`, 'bad_gateway'],
  ['by comparison', "export const isOk = ({ name }: { name: string }) => name !== 'ok';", 'ok'],
])('it is noticed when a file names a fault %s', (_how, code, name) => {
  expect(namings(tempFolder({ 'rules.ts': `${code}\n` }))).toEqual([`rules.ts: ${name}`]);
});

test('comments, probes and words of OpenAI may be equal to the name of a fault', () => {
  const code = [
    '/** As stalled_stream does. */',
    "export const probe = { rules: [{ fault: 'stalled_stream' }] };",
    "export const code = 'model_not_found';",
  ];
  expect(namings(tempFolder({ 'rules.ts': code.join('\n') }))).toEqual([]);
});
