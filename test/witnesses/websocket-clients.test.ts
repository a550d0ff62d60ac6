import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMockOpenAI, type MockOpenAI, type OpenedSession } from '../../src/index.ts';
import { pythonOf } from './installed-packages.ts';
import { configOf } from './responses/codex.ts';
import { npmVersion, pypiVersion } from './responses/packages.ts';

/* Clients that speak the Responses API over a WebSocket, as their users have them. openai 6 is in test/sdk. */

const PACKAGES = [`openai@${npmVersion('openai')}`, `@openai/codex@${npmVersion('@openai/codex')}`, 'ws@8'];

const NODE = `
import OpenAI from 'openai';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { ResponsesWebSocketSession } from 'openai/lib/responses/responses-websocket-session';
const connection = new ResponsesWS(new OpenAI(), { perMessageDeflate: true, reconnect: { onReconnecting() {}, initialDelay: 50 } });
const closes = [];
connection.on('error', () => {});
connection.on('close', (code) => closes.push(code));
connection.on('reconnecting', ({ closeCode }) => closes.push(closeCode));
const opened = () => new Promise((resolve) => setTimeout(resolve, 500));
await opened();
const lanes = () => new ResponsesWebSocketSession(connection, { maxLanes: 9, maxBufferedEvents: 10_000, maxBufferedBytes: 10_000_000 });
let session = lanes();
const seen = [];
let previous;
for (const [lane, request] of [['a', { store: false }], ['b.2', { store: false, input: 'And then?' }]]) {
  for (let attempt = 0; attempt < 4; attempt++) {
    try {
      const line = session.lane(lane + attempt);
      line.create({ model: 'gpt-4o', input: 'Hello', ...request, ...(previous && { previous_response_id: previous }) });
      const response = await line.finalResponse();
      previous = response.id;
      seen.push(response.status);
      break;
    } catch (error) {
      const { status, error: told } = error.error ?? {};
      seen.push(status ? status + ' ' + told.code : error.constructor.name);
      await new Promise((resolve) => setTimeout(resolve, 1000 * Number(told?.headers?.['retry-after'] ?? 0.6)));
      session.close?.();
      session = lanes();
    }
  }
}
console.log('SEEN ' + JSON.stringify({ seen, closes }));
process.exit();
`;

const PYTHON = `
import json, time, openai
seen = []
client = openai.OpenAI()
previous = None
for question in ['Hello', 'And then?']:
    for attempt in range(4):
        try:
            with client.responses.connect() as connection:
                connection.response.create(model='gpt-4o', input=question)
                for event in connection:
                    if event.type in ('response.completed', 'response.failed', 'error'):
                        break
            if event.type == 'response.completed':
                seen.append('completed')
                break
            seen.append('%s %s' % (event.status, event.error.code))
            time.sleep(float((event.error.headers or {}).get('retry-after', 0.2)) + 0.05)
        except Exception as error:
            seen.append(type(error).__name__)
            time.sleep(0.2)
print('SEEN ' + json.dumps(seen))
`;

const run = promisify(execFile);
let mock: MockOpenAI;
let folder = '';
/** Why a language cannot be tried. */
const missing = new Map<string, string>();

beforeAll(async () => {
  mock = await createMockOpenAI();
  // Codex refuses to work in the folder for temporary files.
  const parent = join(homedir(), '.cache');
  mkdirSync(parent, { recursive: true });
  folder = mkdtempSync(join(parent, 'mock-openai-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  writeFileSync(join(folder, 'client.mjs'), NODE);
  writeFileSync(join(folder, 'client.py'), PYTHON);
  const install = async (language: string, steps: readonly (readonly [string, ...string[]])[]) => {
    try {
      for (const [command, ...args] of steps) await run(command, args, { cwd: folder });
    } catch (error) {
      missing.set(language, String(error).slice(0, 200));
    }
  };
  const python = pythonOf(join(folder, 'python'));
  await Promise.all([
    install('node', [['npm', 'install', '--no-audit', '--no-fund', ...PACKAGES]]),
    install('python', [
      ['python3', '-m', 'venv', 'python'],
      [python, '-m', 'pip', 'install', '--quiet', '--no-compile', `openai[realtime]==${pypiVersion('openai')}`],
    ]),
  ]);
}, 300_000);

afterAll(async () => {
  await mock.close();
  rmSync(folder, { recursive: true, force: true });
});

const RULES = {
  healthy: [],
  limited: [{ match: { endpoint: 'responses' }, first: 1, fault: { rate_limit: { retry_after: '1s' } } }],
  cut: [{ match: { endpoint: 'responses' }, first: 1, fault: { truncated_stream: { after_chunks: 2 } } }],
  refused: [{ match: { endpoint: 'responses.websocket' }, first: 1, fault: 'overloaded' }],
} as const;

function sessionUnder(situation: keyof typeof RULES): OpenedSession {
  return mock.session({ scenario: { rules: RULES[situation] } as never });
}

/** What a program says that it saw. */
async function seenBy(command: string, file: string, baseURL: string): Promise<unknown> {
  const env = { ...process.env, OPENAI_BASE_URL: baseURL, OPENAI_API_KEY: 'sk-test' };
  const { stdout } = await run(command, [file], { cwd: folder, env, timeout: 60_000 });
  return JSON.parse(/^SEEN (.*)$/m.exec(stdout)?.[1] ?? 'null');
}

/** A toolchain that is not there skips its test. */
function skipWithout(language: 'node' | 'python', context: { skip(reason: string): void }): void {
  const reason = missing.get(language);
  if (reason !== undefined) context.skip(reason);
}

function turnsOf(session: OpenedSession): string[] {
  return session.journal().map(({ protocol, status, attemptSeq }) => `${protocol} ${status} ${attemptSeq}`);
}

test.for([
  ['healthy', { seen: ['completed', 'completed'], closes: [] }],
  ['limited', { seen: ['429 rate_limit_exceeded', 'completed', 'completed'], closes: [] }],
  ['cut', { seen: ['OpenAIError', 'completed', 'completed'], closes: [1006] }],
] as const)('openai for Node, in lanes, connecting again when it is cut: %s', async ([situation, expected], context) => {
  skipWithout('node', context);
  const session = sessionUnder(situation);
  expect(await seenBy(process.execPath, 'client.mjs', session.baseURL)).toEqual(expected);
  expect(turnsOf(session).filter((turn) => turn.startsWith('websocket 200'))).toHaveLength(situation === 'cut' ? 3 : 2);
});

test.for([
  ['healthy', ['completed', 'completed']],
  ['limited', ['429 rate_limit_exceeded', 'completed', 'completed']],
  ['cut', [expect.stringMatching(/Closed/), 'completed', 'completed']],
  ['refused', [expect.any(String), 'completed', 'completed']],
] as const)('openai for Python: %s', async ([situation, expected], context) => {
  skipWithout('python', context);
  const session = sessionUnder(situation);
  expect(await seenBy(pythonOf(join(folder, 'python')), 'client.py', session.baseURL)).toEqual(expected);
});

test.for(['healthy', 'limited', 'cut', 'refused'] as const)(
  'Codex warms up, goes on from that, and answers: %s',
  async (situation, context) => {
    skipWithout('node', context);
    const session = sessionUnder(situation);
    const home = join(folder, `home-${situation}`);
    mkdirSync(home);
    writeFileSync(join(home, 'config.toml'), `${configOf(session.baseURL)}supports_websockets = true\n`);
    const env = { ...process.env, CODEX_HOME: home, OPENAI_API_KEY: 'sk-test' };
    const codex = run('node_modules/.bin/codex', ['exec', '--skip-git-repo-check', 'Say hello'], {
      cwd: folder,
      env,
      timeout: 60_000,
    });
    codex.child.stdin?.end();
    expect((await codex).stdout.trim()).not.toBe('');
    const turns = turnsOf(session);
    expect(turns.filter((turn) => turn.startsWith('websocket 200')).length).toBeGreaterThan(0);
    expect(turns.at(-1)).toMatch(/^websocket 200/);
  },
);
