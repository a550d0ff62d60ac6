import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { backoffRules } from '../src/core/backoff/registry.ts';
import { faults } from '../src/core/faults/registry.ts';
import { endpoints } from '../src/core/openai/endpoint.ts';
import { formatProblem } from '../src/core/problem.ts';
import { parsePolicy, parseScenario } from '../src/core/scenario/parse.ts';
import { bundledPath, bundledScenarios } from '../src/engine/load-scenario.ts';
import { libraries } from '../src/libraries.ts';
import { predictions, referenceClients } from './harness/predictions.ts';
import { runCli, startCli } from './support/run-cli.ts';
import { tempFolder } from './support/temp-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const path = join(root, 'README.md');
const readme = readFileSync(path, 'utf8');
const run = promisify(execFile);

/** The code blocks of a kind, in order. */
function blocks(kind: string): string[] {
  return [...readme.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].flatMap(([, info, code]) => (info === kind ? [code ?? ''] : []));
}

/** The README with the text between two markers replaced. */
function withSection(text: string, name: string, content: string): string {
  return text.replace(
    new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`),
    (_all, open, close) => open + content + close,
  );
}

test('the tables are those of the registries (npm run docs)', async () => {
  const scenarioRows = bundledScenarios().map((name) => {
    const proves = readFileSync(bundledPath(name), 'utf8').split('\n')[1]?.replace(/^# /, '');
    return `| \`${name}\` | ${proves} |\n`;
  });
  const faultRows = faults.map(({ name, status, summary, source, kind }) => {
    const mark = source?.includes('unverified') ? '\\*' : '';
    return `| \`${name}\`${mark} | ${status ?? kind} | ${summary} |\n`;
  });
  let generated = withSection(readme, 'scenarios', `| scenario | |\n|---|---|\n${scenarioRows.join('')}`);
  generated = withSection(generated, 'faults', `| fault | status | what happens |\n|---|---|---|\n${faultRows.join('')}`);
  const ruleRows = backoffRules.map(
    ({ id, severity, falseAlarmBound, summary }) => `| \`${id}\` | ${severity} | ${falseAlarmBound} | ${summary} |\n`,
  );
  const ruleHead = '| rule | severity | false alarms | expected |\n|---|---|---|---|\n';
  generated = withSection(generated, 'rules', `${ruleHead}${ruleRows.join('')}`);
  const words: Record<string, string> = { fail: '**fail**', warn: '**warn**', inconclusive: '?', not_applicable: 'n/a' };
  const probeRows = backoffRules.map(
    ({ id }) => `| \`${id}\` | ${predictions[id].map((found) => words[found] ?? found).join(' | ')} |\n`,
  );
  const probeHead = `| rule | ${referenceClients.map((name) => `[${name}](examples/clients/${name}.mjs)`).join(' | ')} |\n|---|---|---|---|\n`;
  generated = withSection(generated, 'probe', `${probeHead}${probeRows.join('')}`);
  await expect(generated).toMatchFileSnapshot(path);
});

test('the endpoints that rules match are those that are served', () => {
  const [, listed = ''] = /^\*\*match\*\* .*?`endpoint` \((.*?)\)/m.exec(readme) ?? [];
  expect(listed.split(', ')).toEqual(endpoints.map(({ name }) => (name === 'root' ? '`root`: `GET /`' : `\`${name}\``)));
});

test('the two commands are what a clone runs', async () => {
  expect(blocks('sh').slice(0, 2)).toEqual([
    'npm ci && npx mock-openai --scenario scenarios/flaky.yaml\n',
    'npm ci && npm test\n',
  ]);
  expect(readFileSync(join(root, '.ci/run'), 'utf8')).toContain('npm ci\nnpm test\n');
  const server = await startCli(['--scenario', 'scenarios/flaky.yaml', '--port', '0'], root);
  expect(server.firstLine).toMatch(/\/v1$/);
});

test('the commands for other languages work against the server they start', async (context) => {
  const lines = (blocks('sh')[2] ?? '').trimEnd().split('\n');
  const [serve = '', ...curls] = lines;
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
  expect(JSON.parse(outputs[0] ?? '')).toMatchObject({
    error: { code: 'rate_limit_exceeded' },
  });
  expect(JSON.parse(outputs[1] ?? '').calls).toHaveLength(1);
});

test('the ten lines print what they are said to print', async () => {
  const folder = tempFolder({ 'example.mjs': blocks('js example')[0] ?? '' });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/mock-openai'));
  symlinkSync(join(root, 'node_modules/openai'), join(folder, 'node_modules/openai'));
  const { stdout } = await run(process.execPath, ['example.mjs'], {
    cwd: folder,
  });
  expect(stdout).toBe(blocks('text output')[0]);
});

test('the examples of run get the verdicts that are shown', async () => {
  const commands = blocks('sh run');
  const shown = blocks('text run');
  expect(commands).toHaveLength(shown.length);
  const results = await Promise.all(
    commands.map((command) => runCli(command.trim().replace('npx mock-openai ', '').split(' '), root)),
  );
  expect(results.map(({ code }) => code)).toEqual([1, 0]);
  const steady = (text: string) => text.replace(/\d+(?:\.\d+)?/g, 'N').split('\n');
  for (const [index, { stderr }] of results.entries())
    expect(steady(stderr)).toEqual(expect.arrayContaining(steady((shown[index] ?? '').trimEnd())));
});

test('the policy is valid', () => {
  const { problems = [] } = parsePolicy({ file: 'README.md', text: blocks('yaml policy')[0] ?? '' });
  expect(problems.map(formatProblem)).toEqual([]);
});

test('the example for vitest passes', async () => {
  const folder = tempFolder({ 'example.test.ts': blocks('ts vitest')[0] ?? '' });
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['openai', 'vitest', 'vite'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  symlinkSync(root, join(folder, 'node_modules/mock-openai'));
  const { stdout } = await run(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  });
  expect(stdout).toMatch(/Tests +1 passed/);
});

test('the scenario is valid', () => {
  const { problems = [] } = parseScenario({ file: 'README.md', text: blocks('yaml')[0] ?? '' }, libraries);
  expect(problems.map(formatProblem)).toEqual([]);
});

test('every command and flag of the help is described, and no other', async () => {
  const help = (await runCli(['--help'])).stdout;
  const commands = [...help.matchAll(/^ {2}([a-z]+)[ |]/gm)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(4);
  for (const command of commands) expect(readme).toMatch(new RegExp(`^mock-openai \\[?${command}\\b`, 'm'));
  const helps = await Promise.all(['serve', 'run'].map((command) => runCli([command, '--help'])));
  const flags = helps.flatMap(({ stdout }) => [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag));
  const described = [...readme.matchAll(/`(--[a-z-]+)[^`]*`/g)].map(([, flag]) => flag);
  for (const flag of flags.filter((name) => name !== '--help')) expect(described).toContain(flag);
});

test('every error of the documented kind is one the checker reports', () => {
  const { problems = [] } = parseScenario({ file: 'flaky.yaml', text: 'rules:\n  - fault: latncy\n    first: 0\n' }, libraries);
  expect(readme).toContain(`\`\`\`text\n${problems.map(formatProblem).join('\n')}\n\`\`\``);
});
