import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMockOpenAI, type MockOpenAI, type OpenedSession } from '../../src/index.ts';
import { expectSections, table } from '../support/page-sections.ts';
import { blocks, pageText } from '../support/pages.ts';
import { runCli } from '../support/run-cli.ts';
import { installFromNpm, installFromPypi, pythonOf } from './installed-packages.ts';
import { CLIENTS, type Client } from './responses/clients.ts';
import { askCodex, configOf } from './responses/codex.ts';
import { npmPackages, pypiPackages } from './responses/packages.ts';
import { BREAKING, LEGAL_ONES, SITUATIONS, type Situation, scenarioOf, WHOLE } from './responses/situations.ts';
import { seenBy } from './seen-by.ts';

/*
 * What clients of the Responses API see of it: the table of docs/responses-clients.md, cell by cell. With `--update` it is
 * written anew, as after a newer version of a client.
 */

const PAGE = 'docs/responses-clients.md';
const HEAD = ['client', 'version', 'healthy', 'tool call', '429', 'cut', 'closed', '`error`', '`response.failed`', 'stall'];
const HEAD_OF_LEGAL = ['client', '`response.incomplete`', '`keepalive`', 'CRLF, comments', 'CR', '`retry`'];

/** A client that notices silence does so by then. */
const STALL_TIMEOUT_MS = 2_000;
const STALL_WATCHED_MS = 10_000;

const here = (name: string) => fileURLToPath(new URL(`responses/${name}`, import.meta.url));
const run = promisify(execFile);
const key = (client: string, situation: string) => `${client} · ${situation}`;

let mock: MockOpenAI;
let folder = '';
const sessions = new Map<string, OpenedSession>();
/** What clients saw, and why those of a program could not be run. */
const seen = new Map<string, string>();
const missing = new Map<Client['program'], string | undefined>();

beforeAll(async () => {
  // Codex refuses to work in the folder for temporary files.
  const parent = join(homedir(), '.cache');
  mkdirSync(parent, { recursive: true });
  folder = mkdtempSync(join(parent, 'mock-openai-'));
  mock = await createMockOpenAI();
  for (const { name } of CLIENTS)
    for (const situation of SITUATIONS) sessions.set(key(name, situation), mock.session({ scenario: scenarioOf(situation) }));
  await Promise.all([seeWithNode(), seeWithPython()]);
}, 400_000);

afterAll(async () => {
  await mock.close();
  // Tens of thousands of files.
  await rm(folder, { recursive: true, force: true });
}, 300_000);

async function seeWithNode(): Promise<void> {
  const reason = await installFromNpm(folder, npmPackages);
  missing.set('javascript', reason).set('codex', reason);
  if (reason !== undefined) return;
  copyFileSync(here('clients.mjs'), join(folder, 'clients.mjs'));
  await runProgram('javascript', process.execPath, join(folder, 'clients.mjs'));
  await Promise.all(
    SITUATIONS.map(async (situation) => {
      const baseURL = sessions.get(key('Codex', situation))?.baseURL ?? '';
      const stallTimeoutMs = situation === 'stall' ? STALL_TIMEOUT_MS : undefined;
      const saw = await askCodex({ situation, baseURL, folder, stallTimeoutMs });
      const calls = sessions.get(key('Codex', situation))?.calls() ?? [];
      seen.set(key('Codex', situation), situation === 'tool' && calls.length === 2 ? `call, then ${saw}` : saw);
    }),
  );
}

async function seeWithPython(): Promise<void> {
  const environment = join(folder, 'python');
  const reason = await installFromPypi(environment, pypiPackages);
  missing.set('python', reason);
  if (reason === undefined) await runProgram('python', pythonOf(environment), here('clients.py'));
}

/** Runs the clients of a program, and takes down what they say that they saw. */
async function runProgram(program: Client['program'], command: string, file: string): Promise<void> {
  const urls = CLIENTS.filter((client) => client.program === program).map(({ name }) => [
    name,
    Object.fromEntries(SITUATIONS.map((situation) => [situation, sessions.get(key(name, situation))?.baseURL])),
  ]);
  const env = {
    ...process.env,
    WHOLE,
    URLS: JSON.stringify(Object.fromEntries(urls)),
    STALL_TIMEOUT_MS: String(STALL_TIMEOUT_MS),
    STALL_WATCHED_MS: String(STALL_WATCHED_MS),
    OPENAI_API_KEY: 'sk-test',
    LITELLM_LOCAL_MODEL_COST_MAP: 'True',
  };
  for (const [name, situation, saw] of await seenBy(command, file, { cwd: folder, env })) seen.set(key(name, situation), saw);
}

/** What the client saw; where something was done to it, also how often it asked. */
function cellOf(client: string, situation: Situation): string {
  const saw = seen.get(key(client, situation)) ?? 'nothing was said';
  if (situation === 'healthy' || situation === 'tool') return saw;
  const requests = sessions.get(key(client, situation))?.journal().length;
  return requests === 1 ? saw : `${saw}; ${requests} requests`;
}

/** Names of code as code. */
const nameShown = (name: string) => name.replace(/\S+\(\)/, (call) => `\`${call}\``);

/** A row of the page as it is, of a client that could not be run. */
function rowOnPage(section: string, { name }: Client): string[] {
  const [, text = ''] = pageText(PAGE).split(`<!-- ${section} -->`);
  const row = text.split('\n').find((line) => line.startsWith(`| ${nameShown(name)} |`)) ?? '';
  const cells = row.split('|').slice(1, -1);
  return cells.map((cell) => cell.trim());
}

test('the tables of the page are what clients see', async () => {
  const rowsOf = (section: string, rowOf: (client: Client) => readonly string[]) =>
    CLIENTS.map((client) => {
      if (missing.get(client.program) !== undefined) return rowOnPage(section, client);
      return [nameShown(client.name), ...rowOf(client)];
    });
  const cells = (name: string, situations: readonly Situation[]) => situations.map((situation) => cellOf(name, situation));
  const [broken, legal] = ['what clients see', 'what clients make of what is legal'] as const;
  await expectSections(PAGE, {
    [broken]: table(
      HEAD,
      rowsOf(broken, ({ name, version }) => [version, ...cells(name, BREAKING)]),
    ),
    [legal]: table(
      HEAD_OF_LEGAL,
      rowsOf(legal, ({ name }) => cells(name, LEGAL_ONES)),
    ),
  });
});

test.for(CLIENTS)('$name asks no earlier than a 429 says', ({ name, program }, context) => {
  const reason = missing.get(program);
  if (reason !== undefined) return context.skip(reason);
  const { findings = [] } = sessions.get(key(name, 'limited'))?.verdict(undefined, { ended: true }) ?? {};
  expect(findings.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  expect(findings.find(({ rule }) => rule === 'never_early')?.verdict).toMatch(/pass|inconclusive|not_applicable/);
});

test('what is built satisfies the types of openai 7, too, but for the known deviations', async (context) => {
  const reason = missing.get('javascript');
  if (reason !== undefined) return context.skip(reason);
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const compilerOptions = {
    paths: { 'openai/*': [join(folder, 'node_modules/openai/*.d.mts')] },
    typeRoots: [join(root, 'node_modules/@types')],
    composite: false,
    incremental: false,
    listFiles: true,
  };
  const files = ['sdk-types', 'endpoints/responses/delta-events'].map((name) => join(root, `test/core/openai/${name}.test.ts`));
  const project = { extends: join(root, 'test/tsconfig.json'), compilerOptions, include: [], references: [], files };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
  const { stdout } = await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
    maxBuffer: 2 ** 24,
  }).catch((error) => error);
  expect(stdout.match(/^.*error TS.*$/gm)).toBeNull();
  expect(stdout).toContain(join(folder, 'node_modules/openai/resources/responses/responses.d.mts'));
  expect(stdout).not.toContain(join(root, 'node_modules/openai/'));
});

describe('under run', () => {
  const LIMITED = { ...scenarioOf('limited'), name: 'limited' };

  /** Clients of `clients.mjs`, as they do what they do in `healthy`. */
  const programOf = (name: string) => `
    const urls = { ${JSON.stringify(name)}: { healthy: process.env.OPENAI_BASE_URL } };
    Object.assign(process.env, { URLS: JSON.stringify(urls), WHOLE: ${JSON.stringify(WHOLE)} });
    await import('./clients.mjs');
  `;

  /** As the page has it, in a folder of its own for what Codex remembers. */
  const CODEX = `
    import { spawnSync } from 'node:child_process';
    import { mkdtempSync, writeFileSync } from 'node:fs';
    const CODEX_HOME = mkdtempSync(process.cwd() + '/codex-');
    const config = ${JSON.stringify(configOf('BASE'))}.replace('BASE', process.env.OPENAI_BASE_URL);
    writeFileSync(CODEX_HOME + '/config.toml', config);
    const args = ['exec', '--skip-git-repo-check', 'Say hello'];
    const env = { ...process.env, CODEX_HOME };
    const { status, stdout } = spawnSync('node_modules/.bin/codex', args, { env, input: '', encoding: 'utf8' });
    console.log('SEEN ' + JSON.stringify([status, stdout.trim() !== '']));
  `;

  /** What the program says that it saw, and how the run was judged. */
  async function runUnder(scenario: string, program: string) {
    const file = `run-${basename(scenario, '.yaml')}.mjs`;
    writeFileSync(join(folder, file), program);
    const { stdout, stderr } = await runCli(['run', '--scenario', scenario, '--', process.execPath, file], folder);
    const output = stdout + stderr;
    const line = (pattern: RegExp) => pattern.exec(output)?.[1] ?? '';
    return {
      saw: JSON.parse(line(/^SEEN (.*)$/m) || 'null'),
      verdict: line(/^(PASS|WARN|FAIL|INCONCLUSIVE) /m),
      recognised: line(/^recognised +(.*)$/m),
      attempts: line(/^attempts +(.*)$/m),
    };
  }

  test.for(['AI SDK', 'Agents SDK, JavaScript'])('%s passes at its default', async (name, context) => {
    const reason = missing.get('javascript');
    if (reason !== undefined) return context.skip(reason);
    writeFileSync(join(folder, 'limited.yaml'), JSON.stringify(LIMITED));
    const { saw, verdict, recognised } = await runUnder('limited.yaml', programOf(name));
    expect(saw).toEqual([name, 'healthy', seen.get(key(name, 'healthy'))]);
    expect(verdict).toBe('PASS');
    expect(recognised).toMatch(/^(exact|likely) \d$/);
  });

  test('codex exec answers in each run of the page, is accused of nothing, and is recognised as the page says', async (context) => {
    const reason = missing.get('codex');
    if (reason !== undefined) return context.skip(reason);
    const overloaded = blocks(['docs/responses.md']).find(({ code }) => code.includes('fault: overloaded'));
    writeFileSync(join(folder, 'overloaded.yaml'), overloaded?.code ?? '');
    const rows: string[][] = [];
    for (const scenario of ['rate-limited', 'overloaded.yaml', 'stream-cut']) {
      const { saw, verdict, recognised, attempts } = await runUnder(scenario, CODEX);
      expect(saw).toEqual([0, true]);
      expect(verdict).not.toBe('FAIL');
      rows.push([`\`${scenario}\``, attempts, verdict, recognised]);
    }
    await expectSections('docs/responses.md', { 'codex runs': table(['scenario', 'requests', 'verdict', 'recognised'], rows) });
  });
});
