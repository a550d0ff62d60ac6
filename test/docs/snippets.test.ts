import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { formatProblem } from '../../src/core/problem.ts';
import { parsePolicy, parseRules, parseScenario } from '../../src/core/scenario/parse.ts';
import { libraries } from '../../src/libraries.ts';
import { createMockOpenAI } from '../../src/mock.ts';
import { type Block, blocks, onlyBlock } from '../support/pages.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { tempFolder } from '../support/temp-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

const named = (info: string) => blocks().filter(({ language, kind }) => `${language} ${kind}` === info);
const placeOf = ({ page, line }: Block) => `${page}:${line}`;

test.each([
  ['scenarios', 'yaml scenario', (text: string) => parseScenario({ file: 'block', text }, libraries)],
  ['rules', 'yaml rules', (text: string) => parseRules({ file: 'block', text }, libraries)],
  ['policies', 'yaml policy', (text: string) => parsePolicy({ file: 'block', text })],
] as const)('the %s are valid', (_name, info, parsed) => {
  expect(named(info).length).toBeGreaterThan(0);
  const wrong = named(info).flatMap((block) =>
    (parsed(block.code).problems ?? []).map((problem) => `${placeOf(block)} ${formatProblem(problem)}`),
  );
  expect(wrong).toEqual([]);
});

test('the mistakes that are shown are those that the checker reports', () => {
  const { problems = [] } = parseScenario({ file: 'flaky.yaml', text: 'rules:\n  - fault: latncy\n    first: 0\n' }, libraries);
  expect(onlyBlock('docs/scenarios.md', 'text problems')).toBe(`${problems.map(formatProblem).join('\n')}\n`);
});

test('the chart that is shown is that of the scenario above it', async () => {
  const moving = named('yaml scenario').find(({ code }) => code.startsWith('name: moving\n'));
  const { stdout } = await runInProcess(
    ['explain', 'moving.yaml', '--chart'],
    tempFolder({ 'moving.yaml': moving?.code ?? '' }),
    {
      LC_ALL: 'C.UTF-8',
    },
  );
  expect(stdout).toBe(onlyBlock('docs/scenarios.md', 'text chart'));
});

test('code that is shown from the source is the source', () => {
  const shown = blocks().filter(({ kind }) => /^(?:src|integrations)\//.test(kind));
  expect(shown.length).toBeGreaterThan(0);
  for (const { kind, code } of shown) expect(readFileSync(join(root, kind), 'utf8')).toContain(code);
});

test('the examples of run in the README get the verdicts that are shown', async () => {
  const commands = named('sh run').flatMap(({ code }) => code.split('\n').filter((line) => line.includes('mock-openai run')));
  const shown = named('text run');
  expect(commands).toHaveLength(2);
  expect(shown).toHaveLength(2);
  const results = await Promise.all(
    commands.map((command) => runCli(command.replace(/^.*npx mock-openai /, '').split(' '), root)),
  );
  expect(results.map(({ code }) => code)).toEqual([1, 0]);
  const steady = (text: string) => text.replace(/\d+(?:\.\d+)?/g, 'N').split('\n');
  for (const [index, { stderr }] of results.entries())
    expect(steady(stderr)).toEqual(expect.arrayContaining(steady((shown[index]?.code ?? '').trimEnd())));
});

test('the example of the library prints what it is said to print', async () => {
  const folder = tempFolder({ 'example.mjs': onlyBlock('docs/library.md', 'js example') });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/mock-openai'));
  symlinkSync(join(root, 'node_modules/openai'), join(folder, 'node_modules/openai'));
  const { stdout } = await run(process.execPath, ['example.mjs'], { cwd: folder });
  expect(stdout).toBe(onlyBlock('docs/library.md', 'text output'));
});

test('the example of TLS is served by a mock that it trusts', async () => {
  const folder = tempFolder({ 'example.mjs': onlyBlock('docs/tls-and-http2.md', 'js tls') });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/mock-openai'));
  const { stdout } = await run(process.execPath, ['example.mjs'], { cwd: folder });
  expect(stdout).toBe('200 true\n');
});

test('the members of a mock that are listed are all there, and do not throw', async () => {
  const lines = onlyBlock('docs/library.md', 'ts members');
  const mock = await createMockOpenAI();
  onTestFinished(() => mock.close());
  const listed = [...lines.matchAll(/mock\.(\w+)/g)].map(([, name]) => name);
  expect([...new Set(listed)].sort()).toEqual(Object.keys(mock).sort());
  const code = lines.replace(/\/\/.*$/gm, '');
  const AsyncFunction = (async () => {}).constructor as new (name: string, code: string) => (value: unknown) => Promise<void>;
  await new AsyncFunction('mock', code)(mock);
});

test('the commands of the admin API work against the server they start', async (context) => {
  const [serve = '', ...curls] = onlyBlock('docs/admin-api.md', 'sh admin').trimEnd().split('\n');
  const server = await startCli([...serve.replace(/^npx mock-openai | &$/g, '').split(' '), '--port', '0'], root);
  const outputs: string[] = [];
  for (const line of curls) {
    expect(line).toMatch(/^curl /);
    const command = line
      .replace('http://127.0.0.1:8080/v1', server.firstLine)
      .replace('http://127.0.0.1:8080', server.firstLine.slice(0, -3));
    try {
      outputs.push((await run('sh', ['-c', command])).stdout);
    } catch (error) {
      if (String(error).includes('not found')) context.skip('curl is not installed');
      throw error;
    }
  }
  const [health, chat, calls] = outputs.map((text) => JSON.parse(text));
  expect(health).toMatchObject({ status: 'ok' });
  expect(chat).toMatchObject({ error: { code: 'rate_limit_exceeded' } });
  expect(calls.calls).toHaveLength(1);
});

/** A value with a word for each leaf: its names and types. Of a list the shape of its first item. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]));
}

/** A page need not show all fields. Those that it shows are there. */
test('calls and verdict have the shape that the page of the admin API shows', async () => {
  const mock = await createMockOpenAI({ scenario: 'rate-limited' });
  onTestFinished(() => mock.close());
  for (let request = 0; request < 2; request++) {
    const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] });
    const headers = { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json' };
    await (await fetch(`${mock.baseURL}/chat/completions`, { method: 'POST', headers, body })).text();
  }
  await mock.idle();
  const ask = async (route: string) =>
    (await fetch(`${mock.origin}/__admin/${route}`)).json() as Promise<Record<string, unknown>>;
  const shownCalls: unknown = JSON.parse(onlyBlock('docs/admin-api.md', 'json calls'));
  expect(shape(await ask('calls'))).toMatchObject(shape(shownCalls) as object);

  const shown = JSON.parse(onlyBlock('docs/admin-api.md', 'json verdict')) as Record<string, unknown>;
  const verdict = await ask('verdict');
  const neverEarly = (verdict['findings'] as { rule: string }[]).filter(({ rule }) => rule === 'never_early');
  expect(shape({ ...verdict, findings: neverEarly })).toMatchObject(shape(shown) as object);
});

test('limits have the shape that the page of the admin API shows', async () => {
  const limits = { 'gpt-4o': { rpm: 500, in_flight: 3 } };
  const mock = await createMockOpenAI({ scenario: { limits, capacity: { rate: '10/s' } } });
  onTestFinished(() => mock.close());
  const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] });
  const headers = { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json' };
  await (await fetch(`${mock.baseURL}/chat/completions`, { method: 'POST', headers, body })).text();
  const shown: unknown = JSON.parse(onlyBlock('docs/admin-api.md', 'json limits'));
  expect(shape(await (await fetch(`${mock.origin}/__admin/limits`)).json())).toEqual(shape(shown));
});

test('the workflows and the compose file are YAML, and name their parts', () => {
  for (const { code } of named('yaml workflow'))
    expect(parse(code)).toMatchObject({ jobs: { retries: { steps: expect.any(Array) } } });
  for (const { code } of named('yaml workflow step'))
    expect(parse(code)).toEqual([{ run: expect.stringContaining('mock-openai') }]);
  const compose = parse(onlyBlock('docs/docker.md', 'yaml compose')) as {
    services: Record<string, { depends_on?: Record<string, unknown>; environment?: Record<string, string> }>;
  };
  const names = Object.keys(compose.services);
  for (const { depends_on = {} } of Object.values(compose.services))
    expect(names).toEqual(expect.arrayContaining(Object.keys(depends_on)));
  const [host] = /(?<=\/\/)[\w-]+/.exec(compose.services['app']?.environment?.['OPENAI_BASE_URL'] ?? '') ?? [];
  expect(names).toContain(host);
});

test('the jobs for GitLab are YAML with scripts, and the service takes its command', async () => {
  const jobs = named('yaml gitlab').map(({ code }) => Object.values(parse(code) as Record<string, { script: string[] }>)[0]);
  expect(jobs).toHaveLength(2);
  for (const job of jobs) expect(job?.script).toEqual(expect.arrayContaining([expect.any(String)]));
  const [{ command, alias }] = (jobs[1] as unknown as { services: [{ command: string[]; alias: string }] }).services;
  const server = await startCli([...command.map((word) => word.replace('0.0.0.0', '127.0.0.1')), '--port', '0'], root);
  expect(server.firstLine).toMatch(/^http:/);
  expect(jobs[1]).toMatchObject({ variables: { OPENAI_BASE_URL: expect.stringContaining(`//${alias}:8080/`) } });
});

test('the server of the compose file takes its command', async () => {
  const compose = parse(onlyBlock('docs/docker.md', 'yaml compose')) as { services: Record<string, { command?: string[] }> };
  const command = compose.services['mock-openai']?.command ?? [];
  const server = await startCli([...command.map((word) => word.replace('0.0.0.0', '127.0.0.1')), '--port', '0'], root);
  expect(server.firstLine).toMatch(/^http:/);
});
