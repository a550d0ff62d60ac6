import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

/* A suite of eight tests that all say "Hello", with a client that ignores Retry-After and asks again after 20 ms. */

const NODE_CLIENT = `
import { test } from 'vitest';
async function ask(base) {
  const headers = { authorization: 'Bearer ' + process.env.OPENAI_API_KEY, 'content-type': 'application/json' };
  const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] });
  for (let attempt = 0; attempt < 7; attempt++) {
    const response = await fetch(base + '/chat/completions', { method: 'POST', headers, body });
    await response.text();
    if (response.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const base = process.env.OPENAI_BASE_URL;
for (let i = 0; i < 8; i++)
  test('says hello ' + i, () => ask(process.env.PATHS ? base.replace('/v1', '/s/default/c/hello-' + i + '/v1') : base));
`;

const PYTHON_CLIENT = `
import json, os, time, urllib.error, urllib.request
import pytest

def ask(base):
    headers = {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "content-type": "application/json"}
    body = json.dumps({"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello"}]}).encode()
    for attempt in range(7):
        try:
            urllib.request.urlopen(urllib.request.Request(base + "/chat/completions", body, headers)).read()
            return
        except urllib.error.HTTPError as error:
            error.read()
        time.sleep(0.02)

@pytest.mark.parametrize("each", range(8))
def test_says_hello(each):
    base = os.environ["OPENAI_BASE_URL"]
    ask(base.replace("/v1", f"/s/default/c/hello-{each}/v1") if os.environ.get("PATHS") else base)
`;

const VITEST = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));
const hasPytest = spawnSync('python3', ['-m', 'pytest', '--version']).status === 0;

const RUNNERS = [
  {
    runner: 'vitest',
    files: { 'hello.test.mjs': NODE_CLIENT },
    command: [process.execPath, VITEST, 'run', '--globals'],
    skip: false,
  },
  { runner: 'pytest', files: { 'test_hello.py': PYTHON_CLIENT }, command: ['python3', '-m', 'pytest', '-q'], skip: !hasPytest },
];

describe.each(RUNNERS)('run -- $runner', ({ files, command, skip }) => {
  test.skipIf(skip).each([
    ['that declares 8 calls', ['--calls', '8'], {}, /^FAIL .*never_early$/m],
    ['with a base URL for each test', [], { PATHS: '1' }, /^FAIL .*never_early$/m],
    ['that declares its calls unique, which it contradicts', ['--calls', 'unique'], {}, /^INCONCLUSIVE .*calls: unique, but/m],
    ['that declares nothing', [], {}, /^INCONCLUSIVE [\s\S]*--calls/m],
  ])('a suite %s is judged by what can be known', async (_how, flags, env, verdict) => {
    const folder = tempFolder(files);
    const given = { NODE_PATH: fileURLToPath(new URL('../../node_modules', import.meta.url)), ...env };
    const { code, stdout, stderr } = await runCli(
      ['run', '--scenario', 'rate-limited', ...flags, '--', ...command],
      folder,
      given,
    );
    expect(stdout + stderr).toMatch(verdict);
    expect(code).toBe(1);
    if (!verdict.source.startsWith('^FAIL')) expect(stdout).not.toMatch(/^(?:FAIL|WARN|PASS)\b/m);
  });
});
