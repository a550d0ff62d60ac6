import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMockOpenAI, type MockOpenAI, type OpenedSession } from '../../src/index.ts';
import { expectSections, table } from '../support/page-sections.ts';
import { pageText } from '../support/pages.ts';
import { CARGO_TOML, GO_MOD, NPM, PYPI, VERSIONS } from './http2/packages.ts';
import { CERTIFICATES, SITUATIONS, type Situation, scenarioOf, WHOLE } from './http2/situations.ts';
import { installFromNpm, installFromPypi, pythonOf } from './installed-packages.ts';
import { seenBy } from './seen-by.ts';

/*
 * What clients of HTTP/2 see of each fault: the tables of docs/tls-and-http2.md, cell by cell. With `--update` they are written anew,
 * as after a newer version of a client. A row of a client whose toolchain is missing stays as it is.
 */

const PAGE = 'docs/tls-and-http2.md';

type Program = 'node' | 'python' | 'go' | 'java' | 'rust' | 'curl';

interface Client {
  readonly name: string;
  readonly version: string;
  readonly program: Program;
}

const CLIENTS: readonly Client[] = [
  { name: 'Node `fetch`, undici', version: VERSIONS.undici, program: 'node' },
  { name: 'openai', version: VERSIONS.openai, program: 'node' },
  { name: 'openai-python, httpx', version: VERSIONS.openaiPython, program: 'python' },
  { name: 'Go `net/http`', version: 'Go 1.26', program: 'go' },
  { name: 'openai-go', version: VERSIONS.openaiGo, program: 'go' },
  { name: 'Java `HttpClient`', version: 'JDK 17', program: 'java' },
  { name: 'reqwest', version: '0.12.24', program: 'rust' },
  { name: 'curl `--http2`', version: '7.88', program: 'curl' },
  { name: 'curl `--http2-prior-knowledge`', version: '7.88', program: 'curl' },
];

const here = (name: string) => fileURLToPath(new URL(`http2/${name}`, import.meta.url));
const run = promisify(execFile);
const key = (client: string, situation: string) => `${client} · ${situation}`;

let secure: MockOpenAI;
let plain: MockOpenAI;
let folder = '';
let authority = '';
const spoilt = new Map<string, MockOpenAI>();
const sessions = new Map<string, OpenedSession>();
/** What clients saw, and why those of a program could not be run. */
const seen = new Map<string, string>();
const missing = new Map<Program, string>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mock-openai-http2-'));
  secure = await createMockOpenAI({ tls: true });
  plain = await createMockOpenAI();
  authority = secure.tls?.authority ?? '';
  for (const how of CERTIFICATES)
    spoilt.set(how, await createMockOpenAI({ tls: true, scenario: { rules: [{ fault: { tls_failure: { how } } }] } }));
  // Each mock has an authority of its own.
  const all = [authority, ...[...spoilt.values()].map(({ tls }) => tls?.authority ?? '')].join('\n');
  writeFileSync(join(folder, 'ca.pem'), all);
  for (const { name } of CLIENTS)
    for (const situation of SITUATIONS) {
      const mock = name.includes('prior') ? plain : secure;
      sessions.set(key(name, situation), mock.session({ scenario: scenarioOf(situation) }));
    }
  for (const see of [seeWithNode, seeWithPython, seeWithGo, seeWithJava, seeWithRust, seeWithCurl]) await see();
}, 900_000);

afterAll(async () => {
  for (const mock of [secure, plain, ...spoilt.values()]) await mock.close();
  await rm(folder, { recursive: true, force: true });
}, 300_000);

/** Situations and where they are met. */
function urlsOf(name: string): [situation: string, url: string][] {
  const [first] = CLIENTS;
  if (first === undefined) throw new RangeError('there are no clients');
  const ofStreams = SITUATIONS.map((situation): [string, string] => [
    situation,
    sessions.get(key(name, situation))?.baseURL ?? '',
  ]);
  const ofCertificates = CERTIFICATES.map((how): [string, string] => [`certificate ${how}`, spoilt.get(how)?.baseURL ?? '']);
  return name.includes('prior') ? ofStreams : [...ofStreams, ...ofCertificates];
}

async function seeWith(program: Program, command: string, file: string): Promise<void> {
  const names = CLIENTS.filter((client) => client.program === program).map(({ name }) => name);
  const urls = Object.fromEntries(names.map((name) => [name, Object.fromEntries(urlsOf(name))]));
  const lines = urlsOf(names[0] ?? '').map((line) => line.join('\t'));
  const { OPENAI_BASE_URL: _base, OPENAI_API_KEY: _key, ...inherited } = process.env;
  const env = {
    ...inherited,
    WHOLE,
    CA: join(folder, 'ca.pem'),
    URLS: JSON.stringify(urls),
    LINES_OF_URLS: lines.join('\n'),
    NODE_NO_WARNINGS: '1',
  };
  for (const [name, situation, saw] of await seenBy(command, file, { cwd: folder, env })) seen.set(key(name, situation), saw);
}

async function seeWithNode(): Promise<void> {
  const reason = await installFromNpm(folder, NPM);
  if (reason !== undefined) {
    missing.set('node', reason);
    return;
  }
  copyFileSync(here('clients.mjs'), join(folder, 'clients.mjs'));
  await seeWith('node', process.execPath, join(folder, 'clients.mjs'));
}

async function seeWithPython(): Promise<void> {
  const environment = join(folder, 'python');
  const reason = await installFromPypi(environment, PYPI);
  if (reason === undefined) await seeWith('python', pythonOf(environment), here('clients.py'));
  else missing.set('python', reason);
}

async function seeWithGo(): Promise<void> {
  const cwd = join(folder, 'go');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'go.mod'), GO_MOD);
  copyFileSync(here('clients.go'), join(cwd, 'clients.go'));
  const built = await run('go', ['mod', 'tidy'], { cwd })
    .then(() => run('go', ['build', '-o', 'clients', '.'], { cwd }))
    .catch(() => undefined);
  if (built === undefined) missing.set('go', 'there is no Go, or no proxy of its modules answers');
  else await seeWith('go', join(cwd, 'clients'), '');
}

async function seeWithJava(): Promise<void> {
  const hasJava = await run('java', ['-version']).catch(() => undefined);
  if (hasJava === undefined) missing.set('java', 'there is no Java');
  else await seeWith('java', 'java', here('Clients.java'));
}

/** It takes a minute or two to build. */
async function seeWithRust(): Promise<void> {
  const cwd = join(folder, 'rust');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'Cargo.toml'), CARGO_TOML);
  copyFileSync(here('clients.rs'), join(cwd, 'clients.rs'));
  const target = process.env['CARGO_TARGET_DIR'] ?? join(cwd, 'target');
  const built = await run('cargo', ['build', '--quiet', '--target-dir', target], { cwd, timeout: 400_000 }).catch(
    () => undefined,
  );
  if (built === undefined) missing.set('rust', 'there is no Rust, or no registry of crates answers');
  else await seeWith('rust', join(target, 'debug/clients'), '');
}

/** Two transfers of one command share a connection; with prior knowledge, curl 7 has one for each command. */
async function seeWithCurl(): Promise<void> {
  const version = await run('curl', ['--version']).catch(() => undefined);
  if (version?.stdout.includes('HTTP2') !== true) {
    missing.set('curl', 'there is no curl with HTTP/2');
    return;
  }
  const options = ['-sSN', '--max-time', '10', '--cacert', join(folder, 'ca.pem'), '-H', 'content-type: application/json'];
  const body = JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hello' }] });
  for (const { name } of CLIENTS.filter(({ program }) => program === 'curl'))
    for (const [situation, base] of urlsOf(name)) {
      const [, flag = ''] = name.split('`');
      const url = `${base}/chat/completions`;
      const isAlone = name.includes('prior');
      const twice = isAlone || situation.startsWith('certificate') ? [url] : [url, url];
      const args = [...options, flag, '-H', 'authorization: Bearer sk-test', '-d', body, ...twice];
      if (isAlone) await run('curl', args);
      const { code = 0, stdout, stderr = '' } = await run('curl', args).catch((error) => error);
      const answers = stdout.split('[DONE]').length - 1;
      const [, words = ''] = /curl: \(\d+\) (.*)/.exec(stderr) ?? [];
      seen.set(
        key(name, situation),
        answers === twice.length ? 'answer' : `exit ${code}: ${words.replace(/ in .*| stream \d+/, '')}`,
      );
    }
}

/** What the client saw; where it asked more often than it was told to, how often. */
function cellOf(client: string, situation: Situation): string {
  const saw = seen.get(key(client, situation)) ?? 'nothing was said';
  const requests = (sessions.get(key(client, situation))?.journal().length ?? 0) - 1;
  return requests === 1 ? saw : `${saw}; ${requests} requests`;
}

/** A row of the page as it is, of a client that could not be run. */
function rowOnPage(section: string, { name }: Client): string[] {
  const [, text = ''] = pageText(PAGE).split(`<!-- ${section} -->`);
  const row = text.split('\n').find((line) => line.startsWith(`| ${name} |`)) ?? '';
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

test('the tables of the page are what clients see', async () => {
  const rowsOf = (section: string, clients: readonly Client[], rowOf: (client: Client) => readonly string[]) =>
    clients.map((client) => (missing.has(client.program) ? rowOnPage(section, client) : [client.name, ...rowOf(client)]));
  const [ofStreams, ofCertificates] = ['what clients see of streams', 'what clients see of certificates'] as const;
  const overTls = CLIENTS.filter(({ name }) => !name.includes('prior'));
  await expectSections(PAGE, {
    [ofStreams]: table(
      ['client', 'version', ...SITUATIONS],
      rowsOf(ofStreams, CLIENTS, ({ name, version }) => [version, ...SITUATIONS.map((situation) => cellOf(name, situation))]),
    ),
    [ofCertificates]: table(
      ['client', ...CERTIFICATES.map((how) => `\`${how}\``)],
      rowsOf(ofCertificates, overTls, ({ name }) =>
        CERTIFICATES.map((how) => seen.get(key(name, `certificate ${how}`)) ?? 'nothing was said'),
      ),
    ),
  });
});

test.for(CLIENTS)('$name speaks HTTP/2, and asks twice', ({ name, program }, context) => {
  const reason = missing.get(program);
  if (reason !== undefined) return context.skip(reason);
  const [first, second] = sessions.get(key(name, 'healthy'))?.journal() ?? [];
  const tls = name.includes('prior') ? null : expect.stringMatching(/^TLSv1\.[23]$/);
  expect([first, second]).toMatchObject([
    { protocol: 'http/2', streamId: expect.any(Number), tls, status: 200 },
    { protocol: 'http/2', tls, status: 200, ...(tls !== null && { connId: first?.connId }) },
  ]);
});
