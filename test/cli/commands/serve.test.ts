import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli, startCli } from '../../support/run-cli.ts';
import { runInProcess } from '../../support/run-in-process.ts';
import { postChat } from '../../support/start-mock.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const client = (baseURL: string) => ({
  baseURL,
  apiKey: 'sk-secret-key-0123456789',
});

test('prints the base URL first, alone on its line, and serves there', async () => {
  const server = await startCli(['--port', '0']);
  expect(server.firstLine).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
  expect((await postChat(client(server.firstLine))).status).toBe(200);
  const { code, stdout, stderr } = await server.stop();
  expect(code).toBe(0);
  expect(stdout).toBe(`${server.firstLine}\n`);
  expect(stderr).toMatch(/^mock-openai \d+\.\d+\.\d+: scenario healthy, seed 1, 0 rules\nstopped by SIGTERM\n$/);
});

test.each([
  ['a file', ['--scenario', 'mine.yaml']],
  ['a bundled name', ['serve', '--scenario', 'bad-key']],
])('serves %s', async (_what, args) => {
  const cwd = tempFolder({ 'mine.yaml': 'rules: [ { fault: invalid_api_key } ]' });
  const server = await startCli([...args, '--port', '0'], cwd);
  expect((await postChat(client(server.firstLine))).status).toBe(401);
  expect((await server.stop('SIGINT')).code).toBe(0);
});

test('--verbose spells out what would change a terminal or a log', async () => {
  const server = await startCli(['--port', '0', '--verbose']);
  const model = '\u001b]52;c;aGVsbG8=\u0007\u001b[2J\ngpt\n::error::injected';
  const call = { 'x-mock-call': '::stop-commands::x', 'content-type': 'application/json', authorization: 'Bearer sk-a' };
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'x' }] });
  await (await fetch(`${server.firstLine}/chat/completions`, { method: 'POST', headers: call, body })).text();
  await server.printed('gpt');
  const { stderr } = await server.stop();
  expect(stderr).toContain('\\u{1b}]52;c;aGVsbG8=\\u{7}');
  expect(stderr.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  expect(stderr).not.toMatch(/^\s*::/m);
});

test('--verbose prints a line for each request, without the key', async () => {
  const server = await startCli(['--port', '0', '--verbose', '--scenario', 'rate-limited']);
  await (await postChat(client(server.firstLine))).text();
  await server.printed('429');
  const { stderr } = await server.stop();
  expect(stderr).toMatch(
    /429 {3}POST \/v1\/chat\/completions {2}gpt-4o {2}call #1 attempt 1 {2}rate_limit {2}rate_limit_exceeded {2}retry-after 2 {2}/,
  );
  expect(stderr).not.toContain('sk-secret');
});

test('--json prints one object a line for each event', async () => {
  const server = await startCli(['--port', '0', '--json', '--seed', '42']);
  const { event, base_url: baseUrl, seed } = JSON.parse(server.firstLine);
  expect([event, seed]).toEqual(['listening', 42]);
  await (await postChat(client(baseUrl))).text();
  await server.printed('"event":"request"');
  const { stdout, stderr } = await server.stop();
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map(({ event: name }) => name)).toEqual(['listening', 'request', 'stopped']);
  expect(events[1].entry).toMatchObject({ status: 200, seq: 1 });
  expect(stderr).toBe('');
});

test('--quiet prints only where it serves', async () => {
  const server = await startCli(['--port', '0', '--quiet']);
  await (await postChat(client(server.firstLine))).text();
  expect(await server.stop()).toMatchObject({
    code: 0,
    stdout: `${server.firstLine}\n`,
    stderr: '',
  });
});

test('--journal makes the folder it is to be in', async () => {
  const cwd = tempFolder();
  const server = await startCli(['--port', '0', '--journal', 'a/b/out.jsonl'], cwd);
  await (await postChat(client(server.firstLine))).text();
  await server.stop();
  expect(readFileSync(join(cwd, 'a/b/out.jsonl'), 'utf8')).toContain('"status":200');
});

test('--journal appends a line for each request, and loses none at the end', async () => {
  const cwd = tempFolder({ 'out.jsonl': '{"earlier":true}\n' });
  const server = await startCli(['--port', '0', '--journal', 'out.jsonl'], cwd);
  await Promise.all(Array.from({ length: 20 }, async () => (await postChat(client(server.firstLine))).text()));
  await server.stop();
  const lines = readFileSync(join(cwd, 'out.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toHaveLength(21);
  expect(
    lines
      .slice(1)
      .map(({ seq }) => seq)
      .sort((a, b) => a - b),
  ).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  expect(JSON.stringify(lines)).not.toContain('sk-secret');
});

test('an edit of the file is taken over; an invalid one keeps the old scenario and says so', async () => {
  const cwd = tempFolder({ 'mine.yaml': 'rules: [ { fault: server_error } ]\n' });
  const server = await startCli(['--port', '0', '--scenario', 'mine.yaml'], cwd);
  const ask = async () => (await postChat(client(server.firstLine))).status;
  expect(await ask()).toBe(500);
  const edit = async (text: string, said: string) => {
    writeFileSync(join(cwd, 'mine.yaml'), text);
    await server.printed(said);
  };
  await edit('rules: [ { fault: overloaded } ]\n', 'reloaded: scenario mine, seed 1, 1 rule; counters start anew');
  expect(await ask()).toBe(503);
  await edit('rules: [ { fault: overlaoded } ]\n', 'unknown fault "overlaoded". Did you mean "overloaded"?');
  await server.printed('the old one goes on');
  expect(await ask()).toBe(503);
  rmSync(join(cwd, 'mine.yaml'));
  writeFileSync(join(cwd, 'new.yaml'), 'rules: [ { fault: bad_gateway } ]\n');
  renameSync(join(cwd, 'new.yaml'), join(cwd, 'mine.yaml'));
  await expect.poll(ask, { timeout: 10_000 }).toBe(502);
  await edit('', 'the file is empty');
  expect(await ask()).toBe(502);
});

test('a file that becomes a pipe or a device does not stop the server', async () => {
  const cwd = tempFolder({ 'mine.yaml': 'rules: [ { fault: server_error } ]\n' });
  const server = await startCli(['--port', '0', '--scenario', 'mine.yaml', '--quiet'], cwd);
  rmSync(join(cwd, 'mine.yaml'));
  symlinkSync('/dev/zero', join(cwd, 'mine.yaml'));
  await server.printed('mine.yaml is no regular file any more: the old scenario goes on.\n');
  expect((await postChat(client(server.firstLine))).status).toBe(500);
  expect((await server.stop()).code).toBe(0);
});

test.skipIf(process.platform === 'win32')('a scenario from a pipe, as of `<(…)`, is read once and stays', async () => {
  const cwd = tempFolder({ 'text.yaml': 'rules: [ { fault: server_error } ]\n' });
  execFileSync('mkfifo', ['pipe.yaml'], { cwd });
  const writer = spawn('sh', ['-c', 'cat text.yaml > pipe.yaml'], { cwd, stdio: 'ignore' });
  onTestFinished(() => void writer.kill());
  const server = await startCli(['--port', '0', '--scenario', 'pipe.yaml', '--quiet'], cwd);
  expect((await postChat(client(server.firstLine))).status).toBe(500);
  expect(await server.stop()).toMatchObject({ code: 0, stderr: '' });
});

test('a device is no scenario', async () => {
  const { code, stderr } = await runCli(['check', '/dev/zero']);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^\/dev\/zero: cannot read the scenario: the file is too long; a scenario has at most \d+ characters\n$/,
  );
});

test('a file that stays away is told of once, and read again when it is back', async () => {
  const cwd = tempFolder({ 'mine.yaml': 'rules: [ { fault: server_error } ]\n' });
  const server = await startCli(['--port', '0', '--scenario', 'mine.yaml', '--quiet'], cwd);
  rmSync(join(cwd, 'mine.yaml'));
  await server.printed('mine.yaml is gone: the old scenario goes on.\n');
  expect((await postChat(client(server.firstLine))).status).toBe(500);
  writeFileSync(join(cwd, 'mine.yaml'), 'rules: [ { fault: bad_gateway } ]\n');
  await expect.poll(async () => (await postChat(client(server.firstLine))).status, { timeout: 10_000 }).toBe(502);
  expect((await server.stop()).stderr).toBe('mine.yaml is gone: the old scenario goes on.\n');
});

test('SIGTERM lets a request in flight finish', async () => {
  const cwd = tempFolder({
    'slow.yaml': 'rules: [ { fault: { latency: 400ms } } ]',
  });
  const server = await startCli(['--port', '0', '--scenario', 'slow.yaml'], cwd);
  const answer = postChat(client(server.firstLine));
  const port = Number(new URL(server.firstLine).port);
  // Until the request is in flight there is nothing to wait for.
  await new Promise((resolve) => setTimeout(resolve, 150));
  const stopped = server.stop();
  expect((await answer).status).toBe(200);
  expect((await stopped).code).toBe(0);
  await expect(
    new Promise((resolve, reject) => connect(port, '127.0.0.1', () => resolve('open')).on('error', reject)),
  ).rejects.toThrow('ECONNREFUSED');
});

test.each([
  ['an unknown command', ['serv'], /^error: unknown command "serv"\. Did you mean "serve"\?$/m],
  ['an unknown flag', ['--scenari', 'x'], /unknown option '--scenari'/],
  ['a port that is none', ['--port', '70000'], /--port takes a whole number from 0 to 65535\./],
  ['a seed that is none', ['--seed', 'x'], /--seed takes a whole number/],
  ['flags that exclude each other', ['--quiet', '--verbose'], /cannot be used with option '--verbose'/],
  ['an empty host', ['--port', '0', '--host', ''], /^error: --host is empty\.\n$/],
  ['an empty command of probe', ['probe', '--command', ''], /^error: --command is empty\.\n$/],
  ['an empty command of load', ['load', '--command', ' '], /^error: --command is empty\.\n$/],
  ['an empty token', ['--admin-token', ''], /--admin-token is empty\./],
  ['a missing file', ['--scenario', 'no/such.yaml'], /^no\/such\.yaml: cannot read the scenario: there is no such file$/m],
  [
    'a misspelt name',
    ['--scenario', 'flakey'],
    /^flakey: no file and no bundled scenario has this name\. Did you mean "flaky"\?$/m,
  ],
  [
    'a journal that is a folder',
    ['--port', '0', '--journal', '.'],
    /^error: cannot write the journal to \.: there is a folder of that name$/m,
  ],
  [
    'a journal below a file',
    ['--port', '0', '--journal', `${import.meta.filename}/a/out.jsonl`],
    /^error: cannot write the journal to \S+: a part of the path is a file$/m,
  ],
  ['a host that is none', ['--port', '0', '--host', '203.0.113.7'], /^error: cannot listen on host 203\.0\.113\.7/m],
])('%s ends with exit code 2 and one clear message', async (_what, args, message) => {
  const { code, stdout, stderr } = await runInProcess(args, tempFolder());
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/^ {4}at /m);
});

test('a wrong scenario starts nothing and reports all problems', async () => {
  const cwd = tempFolder({
    'flaky.yaml': 'rules:\n  - fault: latncy\n    first: 0\nnmae: x\n',
  });
  expect(await runCli(['--scenario', 'flaky.yaml', '--port', '0'], cwd)).toEqual({
    code: 2,
    stdout: '',
    stderr:
      'flaky.yaml:2:12 unknown fault "latncy". Did you mean "latency"?\n' +
      'flaky.yaml:3:12 rules[0].first: expected a number of at least 1, found 0\n' +
      'flaky.yaml:4:1 unknown key "nmae". Did you mean "name"?\n',
  });
});

test('a port that is taken is said to be', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = await runCli(['--port', String(port)]);
  other.close();
  expect(code).toBe(3);
  expect(stderr).toBe(`error: port ${port} is in use; --port 0 picks a free one\n`);
});

test('a reader that goes away does not end the server', async () => {
  const server = await startCli(['--port', '0', '--json']);
  const { base_url: baseUrl } = JSON.parse(server.firstLine);
  server.process.stdout?.destroy();
  for (let i = 0; i < 3; i++) expect((await postChat(client(baseUrl))).status).toBe(200);
  expect((await server.stop()).code).toBe(0);
});
