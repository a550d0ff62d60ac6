import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientEnvironment } from '../../src/cli/options/client-environment.ts';
import { onlyBlock } from '../support/pages.ts';
import { isAlive } from '../support/processes/is-alive.ts';
import { runCli, startCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { installFromPypi, pythonOf } from './installed-packages.ts';

/* The wheel of the plug-in for pytest, in an environment of its own without Node on the PATH. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

const PACKAGES = [
  'openai==3.57.0',
  'langchain-openai==1.7.4',
  'pydantic-ai-slim[openai]==2.68.0',
  'pytest==9.2.0',
  'pytest-xdist==3.8.0',
  'pytest-asyncio==1.5.0',
  'mypy==2.4.1',
] as const;

const SHORT = 'rules:\n  - attempts: 1..1\n    fault: { rate_limit: { retry_after: 1s } }\n';
const CLIENT = `
import json, os, time, urllib.error, urllib.request
import pytest

def ask(waits=True):
    headers = {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "content-type": "application/json"}
    body = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}]}).encode()
    for attempt in range(3):
        try:
            url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
            return urllib.request.urlopen(urllib.request.Request(url, body, headers)).read()
        except urllib.error.HTTPError as error:
            time.sleep(float(error.headers["Retry-After"]) if waits else 0.05)
`;

let home = '';
let python = '';
let missing: string | undefined;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'mock-openai-'));
  missing = await installFromPypi(join(home, 'python'), PACKAGES);
  if (missing !== undefined) return;
  python = pythonOf(join(home, 'python'));
  await run('npm', ['run', 'program'], { cwd: root });
  const pip = [join(home, 'python/bin/pip'), '--disable-pip-version-check', '--quiet'] as const;
  await run(pip[0], [...pip.slice(1), 'wheel', '--no-deps', '--wheel-dir', home, join(root, 'integrations/pytest')]);
  const wheels = ['--find-links', home, 'pytest-mock-openai'];
  await run(pip[0], [...pip.slice(1), 'install', '--no-compile', ...wheels]);
}, 600_000);

afterAll(() => rmSync(home, { recursive: true, force: true }));

/** No Node is on the PATH. */
const alone = (env: Readonly<Record<string, string>> = {}) => ({ PATH: join(home, 'python/bin'), HOME: home, ...env });

interface Told {
  readonly code: number;
  readonly stdout: string;
}

async function pytest(folder: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Told> {
  try {
    const { stdout } = await run(python, ['-m', 'pytest', '-p', 'no:cacheprovider', ...args], { cwd: folder, env: alone(env) });
    return { code: 0, stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, stdout };
  }
}

test('the example: ten tests of three clients in four workers, and the one that ignores Retry-After fails by its name', async ({
  skip,
}) => {
  if (missing !== undefined) skip(missing);
  const folder = tempFolder();
  cpSync(join(root, 'integrations/pytest/example'), folder, { recursive: true });
  const { code, stdout } = await pytest(folder, ['-n', '4', '--junit-xml', 'junit.xml']);
  expect(stdout).toMatch(/^=+ 1 failed, 9 passed in /m);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^FAILED tests\/test_own_loop\.py::test_ignores_retry_after /m);
  const steady = (text: string) =>
    text
      .replace(/\d+(?:\.\d+)?/g, 'N')
      .replace(/_{2,}/g, '__')
      .split('\n');
  const shown = onlyBlock('docs/pytest.md', 'text pytest').trimEnd();
  expect(steady(stdout)).toEqual(expect.arrayContaining(steady(shown)));
  expect(stdout).toMatch(/^verdicts +1 fail, 9 pass$/m);
  expect(stdout).toMatch(/^calls +11 in 22 requests; recognised exact 11$/m);
  const { stdout: junit } = await run('cat', [join(folder, 'junit.xml')]);
  expect(junit.match(/<property name="mock_openai" value="pass"/g)).toHaveLength(9);
  expect(junit.match(/<property name="mock_openai" value="fail"/g)).toHaveLength(1);
});

test('a test judges by itself when it asks for the verdict, or says so', async ({ skip }) => {
  if (missing !== undefined) skip(missing);
  const source = `${CLIENT}
pytestmark = pytest.mark.mock_openai(scenario="short.yaml")

def test_asks(mock_openai):
    ask(waits=False)
    assert mock_openai.verdict()["verdict"] == "fail"

@pytest.mark.mock_openai(judge=False)
def test_says_so():
    ask(waits=False)

def test_asserts(mock_openai):
    ask(waits=False)
    mock_openai.assert_verdict()

@pytest.mark.mock_openai(scenario="healthy")
def test_asserts_what_was_not_tried(mock_openai):
    ask()
    mock_openai.assert_verdict()

def test_policy(mock_openai):
    ask()
    assert mock_openai.verdict({"max_attempts": 7})["policy"]["maxAttempts"] == 7
    assert mock_openai.verdict("max_attempts: 5")["policy"]["maxAttempts"] == 5
    assert mock_openai.verdict("strict-sre")["policy"]["preset"] == "strict-sre"
`;
  const { stdout } = await pytest(tempFolder({ 'test_it.py': source, 'short.yaml': SHORT }), ['-rA']);
  const outcomes = Object.fromEntries(
    [...stdout.matchAll(/^(PASSED|FAILED) test_it\.py::(\w+)/gm)].map(([, outcome, name]) => [name, outcome]),
  );
  expect(outcomes).toEqual({
    test_asks: 'PASSED',
    test_says_so: 'PASSED',
    test_asserts: 'FAILED',
    test_asserts_what_was_not_tried: 'FAILED',
    test_policy: 'PASSED',
  });
  expect(stdout).toMatch(/^E +Failed: INCONCLUSIVE /m);
});

test('a test that fails by itself tells the findings too', async ({ skip }) => {
  if (missing !== undefined) skip(missing);
  const source = `${CLIENT}
@pytest.mark.mock_openai(scenario="short.yaml")
def test_it():
    ask(waits=False)
    raise RuntimeError("of its own")
`;
  const { stdout } = await pytest(tempFolder({ 'test_it.py': source, 'short.yaml': SHORT }));
  expect(stdout).toMatch(/^E +RuntimeError: of its own$/m);
  expect(stdout).toMatch(/^-+ Captured mock-openai call -+\nFAIL {2}the client breaks 1 rule: never_early$/m);
});

test('mistakes are told at their place, without a traceback of ours', async ({ skip }) => {
  if (missing !== undefined) skip(missing);
  const marked = (name: string, args: string) =>
    `@pytest.mark.mock_openai(${args})\ndef test_${name}(mock_openai):\n    pass\n\n`;
  const source = [
    'import pytest\n\n',
    marked('fault', 'scenario="rules:\\n  - fault: latncy\\n"'),
    marked('name', 'scenario="flakey"'),
    marked('file', 'scenario="nowhere.yaml"'),
    marked('key', 'scenaro="flaky"'),
    marked('number', 'scenario=42'),
    marked('data', 'scenario={"rules": {1}}'),
    marked('policy', 'policy="strict"'),
    marked('policy_key', 'policy={"max_attemps": 3}'),
    marked('rule', 'scenario="healthy"').replace('pass', 'mock_openai.use({"fault": "latncy"})'),
  ].join('');
  const { stdout } = await pytest(tempFolder({ 'test_it.py': source }));
  for (const message of [
    'scenario:2:12 rules[0].fault: unknown fault "latncy". Did you mean "latency"?',
    'Did you mean "flaky"?',
    'there is no file nowhere.yaml; looked in ',
    '@pytest.mark.mock_openai takes no scenaro; known: scenario, policy',
    'expected a name, a path, YAML or data, found 42',
    'the data holds what JSON cannot: Object of type set is not JSON serializable',
    'unknown policy "strict". Known: openai-guide, strict-sre.',
    'Did you mean "max_attempts"?',
    'MockOpenAIError: The rules are wrong.',
  ])
    expect(stdout).toContain(message);
  expect(stdout).toMatch(/3 failed, 6 errors in/);
  expect(stdout).not.toMatch(/During handling/);
});

test.each([
  ['http://127.0.0.1:1', 'the mock at http://127.0.0.1:1 does not answer: '],
  ['http://nowhere.invalid:8080', 'the mock at http://nowhere.invalid:8080 does not answer: '],
  ['http://127.0.0.1:8080x', 'MOCK_OPENAI_URL: expected an address such as '],
])('MOCK_OPENAI_URL=%s fails each test by its reason alone', async (url, reason) => {
  const folder = tempFolder({ 'test_it.py': 'def test_it(mock_openai):\n    pass\n' });
  const { stdout } = await pytest(folder, [], { MOCK_OPENAI_URL: url });
  expect(stdout).toContain(`\n${reason}`);
  expect(stdout).not.toMatch(/^E {3}/m);
});

test('what a test left open does not hold up the end', async ({ skip }) => {
  if (missing !== undefined) skip(missing);
  const source = `
import os, threading, urllib.request
from pytest_mock_openai.server import find_or_start

server = find_or_start(dict(os.environ))
server.admin.json("PUT", "/__admin/scenario", "rules: [{ fault: { latency: { for: 4s } } }]")

def ask():
    try:
        request = urllib.request.Request(f"{server.origin}/v1/models", headers={"authorization": "Bearer sk-any"})
        told.append(urllib.request.urlopen(request, timeout=60).status)
    except OSError:
        told.append("cut")

told = []
client = threading.Thread(target=ask)
client.start()
while server.admin.json("GET", "/__admin/health")["in_flight"] == 0:
    pass
server.stop()
client.join()
print(told)
`;
  const { stdout } = await run(python, ['-c', source], { env: alone() });
  expect(stdout.trim()).toBe("['cut']");
});

test('a mock that runs already is used, and left running', async ({ skip }) => {
  if (missing !== undefined) skip(missing);
  const server = await startCli(['serve', '--port', '0', '--scenario', 'rate-limited']);
  const source = `
import os
def test_it(mock_openai):
    assert mock_openai.origin == os.environ["MOCK_OPENAI_URL"]
    assert mock_openai.scenario == "rate-limited"
`;
  const url = server.firstLine.slice(0, -'/v1'.length);
  const { code, stdout } = await pytest(tempFolder({ 'test_it.py': source }), [], { MOCK_OPENAI_URL: url });
  expect(stdout).toMatch(/1 passed/);
  expect(code).toBe(0);
  const sessions = await (await fetch(`${url}/__admin/sessions`)).json();
  expect(sessions).toMatchObject({ sessions: [{ id: 'default' }] });
});

test('the wheel has the command; under its run, tests without the fixture are calls of their own', async ({ skip }) => {
  if (missing !== undefined) skip(missing);
  const source = `${CLIENT}
def test_one():
    ask()

def test_another_that_says_the_same():
    ask()

def test_with_the_fixture(mock_openai):
    ask()
    assert len(mock_openai.calls()) == 1
`;
  const folder = tempFolder({ 'test_it.py': source, 'short.yaml': SHORT });
  const command = ['run', '--scenario', 'short.yaml', '--', 'python', '-m', 'pytest', '-q', '-p', 'no:cacheprovider'];
  const { stderr, stdout } = await run(join(home, 'python/bin/mock-openai'), command, { cwd: folder, env: alone() });
  expect(stdout).toMatch(/3 passed/);
  expect(stderr).toMatch(/^PASS /m);
  expect(stderr).toMatch(/^recognised +exact 3$/m);
});

test('a mock ends with the process that started it, however that ends', async ({ skip }) => {
  if (missing !== undefined) skip(missing);
  const source = `
import os
from pytest_mock_openai.server import find_or_start
print(find_or_start(dict(os.environ))._process.pid, flush=True)
os._exit(1)
`;
  const told = await run(python, ['-c', source], { env: alone() }).catch((error: { stdout: string }) => error);
  const pid = Number(told.stdout);
  expect(pid).toBeGreaterThan(1);
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
});

test('clients get the variables that run sets', async ({ skip }) => {
  if (missing !== undefined) skip(missing);
  const source = `
import json
from pytest_mock_openai.environment import client_environment
print(json.dumps(client_environment("http://127.0.0.1:4000/v1", "sk-any", {"NO_PROXY": "intern"})))
`;
  const { stdout } = await run(python, ['-c', source], { env: alone() });
  const given = Object.fromEntries(
    Object.entries(JSON.parse(stdout) as Record<string, string | null>).map(([name, value]) => [name, value ?? undefined]),
  );
  const ofRun = clientEnvironment({ NO_PROXY: 'intern' }, { origin: 'http://127.0.0.1:4000', apiKey: 'sk-any' });
  const forScripts = Object.keys(ofRun).filter((name) => name.startsWith('MOCK_OPENAI_'));
  expect(given).toEqual(Object.fromEntries(Object.entries(ofRun).filter(([name]) => !forScripts.includes(name))));
});

test('the types are whole', async ({ skip }) => {
  if (missing !== undefined) skip(missing);
  const { stdout } = await run(python, ['-m', 'mypy', '--strict', '-p', 'pytest_mock_openai'], { cwd: home, env: alone() }).catch(
    (error) => error,
  );
  expect(stdout).toMatch(/^Success: no issues found/);
});

test('the command tells its version, and ends as the program does', async ({ skip }) => {
  if (missing !== undefined) skip(missing);
  const { stdout } = await run(join(home, 'python/bin/mock-openai'), ['--version'], { env: alone() });
  expect(stdout).toBe((await runCli(['--version'])).stdout);
  const wrong = run(join(home, 'python/bin/mock-openai'), ['check', 'nowhere.yaml'], { env: alone() });
  await expect(wrong).rejects.toMatchObject({ code: 2 });
});
