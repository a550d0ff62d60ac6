import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { backoffRules } from '../../src/core/backoff/registry.ts';
import { faults } from '../../src/core/faults/registry.ts';
import { endpoints } from '../../src/core/openai/endpoints/registry.ts';
import { responsesChecks } from '../../src/core/openai/endpoints/responses/responses-checks.ts';
import { bundledPath, bundledScenarios } from '../../src/scenario-files/load-scenario.ts';
import { predictions, referenceClients } from '../harness/predictions.ts';
import { expectSections, table } from '../support/page-sections.ts';
import { pageText } from '../support/pages.ts';
import { runInProcess } from '../support/run-in-process.ts';

/* What stands between `<!-- name -->` and `<!-- /name -->` in docs/ comes from the code. `npm run docs` writes it. */

const code = (text: string) => `\`${text}\``;
const inCell = (text: string) => text.replaceAll('|', '\\|').replaceAll('*', '\\*');

interface Parameter {
  readonly type?: string | string[];
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly pattern?: string;
  readonly anyOf?: readonly Parameter[];
  readonly properties?: Readonly<Record<string, Parameter>>;
}

/** What a parameter takes, in a few words. */
function takes(parameter: Parameter): string {
  const { type, enum: choices, anyOf, pattern = '' } = parameter;
  if (choices !== undefined) return choices.map((choice) => code(String(choice))).join(', ');
  if (anyOf !== undefined) return [...new Set(anyOf.map(takes))].join(', ');
  if (pattern.includes('[smhd]')) return 'a duration';
  if (pattern.includes('KiB')) return 'a size';
  if (type === 'integer') return 'a whole number';
  if (type === 'array') return 'a list';
  if (type === 'object') {
    const keys = Object.keys(parameter.properties ?? {}).map(code);
    return keys.length === 0 ? 'a mapping' : `a mapping of ${keys.join(', ')}`;
  }
  return [type ?? 'anything']
    .flat()
    .map((name) => (name === 'string' ? 'text' : name))
    .join(', ');
}

test('the page of faults lists each fault with its parameters', async () => {
  const rows = faults.map(({ name, status, summary, source, kind }) => {
    const mark = source?.includes('unverified') ? '\\*' : '';
    return [`${code(name)}${mark}`, String(status ?? kind), summary];
  });
  const schemas = faults.map(({ name, params }) => ({
    name,
    properties: (z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }) as Parameter).properties ?? {},
  }));
  const errors = faults.filter(({ kind }) => kind === 'error').map(({ name }) => name);
  const shared = Object.keys(schemas[0]?.properties ?? {}).length;
  expect(shared).toBe(0);
  // What every error fault takes has a table of its own on the page.
  const ofErrors = errors.map((name) => Object.keys(schemas.find((schema) => schema.name === name)?.properties ?? {}));
  const common = new Set((ofErrors[0] ?? []).filter((key) => ofErrors.every((keys) => keys.includes(key))));
  expect(common.size).toBeGreaterThan(3);
  for (const key of common) expect(pageText('docs/faults.md')).toContain(`| ${code(key)} |`);
  const parameters = schemas.flatMap(({ name, properties }) =>
    Object.entries(properties)
      .filter(([key]) => !common.has(key))
      .map(([key, parameter]) => [
        code(name),
        code(key),
        takes(parameter),
        parameter.default === undefined ? '' : code(JSON.stringify(parameter.default)),
        inCell(parameter.description ?? ''),
      ]),
  );
  await expectSections('docs/faults.md', {
    faults: table(['fault', 'status', 'what happens'], rows),
    parameters: table(['fault', 'parameter', 'takes', 'default', ''], parameters),
  });
});

test('the page of rules lists each rule', async () => {
  const rows = backoffRules.map(({ id, severity, falseAlarmBound, summary }) => [
    code(id),
    severity,
    String(falseAlarmBound),
    summary,
  ]);
  await expectSections('docs/rules.md', { rules: table(['rule', 'severity', 'false alarms', 'expected'], rows) });
});

test('the page of probe says what each reference client does', async () => {
  const words: Record<string, string> = { fail: '**fail**', warn: '**warn**', inconclusive: '?', not_applicable: 'n/a' };
  const rows = backoffRules.map(({ id }) => [code(id), ...predictions[id].map((found) => words[found] ?? found)]);
  const head = ['rule', ...referenceClients.map((name) => `[${name}](../examples/clients/${name}.mjs)`)];
  await expectSections('docs/probe.md', { probe: table(head, rows) });
});

test('the page of scenarios lists the bundled ones, and the endpoints that rules match', async () => {
  const rows = bundledScenarios().map((name) => [
    code(name),
    readFileSync(bundledPath(name), 'utf8').split('\n')[1]?.replace(/^# /, '') ?? '',
  ]);
  const names = endpoints.map(({ name }) => (name === 'root' ? '`root` (`GET /`)' : code(name)));
  await expectSections('docs/scenarios.md', { scenarios: table(['scenario', ''], rows), endpoints: names.join(', ') });
});

test('the page of limits lists the endpoints that are served', async () => {
  const rows = endpoints.map(({ method, path, name, socket }) => [
    `${code(`${method} ${path}`)}${socket === undefined ? '' : ' as a WebSocket'}`,
    code(name),
  ]);
  await expectSections('docs/limits.md', { served: table(['served', 'name in `match`'], rows) });
});

test('the page of responses lists what is checked, in its order', async () => {
  const rows = responsesChecks.map(({ name, texts }, place) => [
    String(place + 1),
    inCell(name),
    Object.entries(texts)
      .map(([text, evidence]) => `${text}: ${evidence}`)
      .join('; '),
  ]);
  await expectSections('docs/responses.md', { 'responses checks': table(['', 'check', 'its texts'], rows) });
});

test('the page of the command line has the help of each command', async () => {
  const help = (await runInProcess(['--help'])).stdout;
  const commands = [...help.matchAll(/^ {2}([a-z]+)[ |]/gm)].map(([, name]) => name ?? '');
  expect(commands.length).toBeGreaterThan(4);
  const helps = await Promise.all(
    commands.map(async (command) => [command, (await runInProcess([command, '--help'])).stdout] as const),
  );
  const fenced = (text: string) => `\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
  const sections = helps.map(([command, text]) => [`help ${command}`, fenced(text)]);
  await expectSections('docs/cli.md', { help: fenced(help), ...Object.fromEntries(sections) });
});
