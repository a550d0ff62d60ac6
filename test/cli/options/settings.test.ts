import { expect, test } from 'vitest';
import { runCli, startCli } from '../../support/run-cli.ts';
import { runInProcess } from '../../support/run-in-process.ts';
import { tempFolder } from '../../support/temp-folder.ts';

test('serve takes its settings from the environment', async () => {
  const env = { MOCK_OPENAI_SCENARIO: 'outage', MOCK_OPENAI_SEED: '9', MOCK_OPENAI_PORT: '0', MOCK_OPENAI_WORKERS: '2' };
  const server = await startCli([], tempFolder(), {
    ...env,
    MOCK_OPENAI_JOURNAL: 'out.jsonl',
    MOCK_OPENAI_ADMIN_TOKEN: 'secret',
  });
  await server.printed('scenario outage, seed 9, 1 rule, 2 workers');
  const health = await fetch(new URL('/__admin/journal', server.firstLine));
  expect(health.status).toBe(401);
  const { code, stderr } = await server.stop();
  expect(code).toBe(0);
  expect(stderr).not.toContain('MOCK_OPENAI_');
});

test('a flag goes before its variable', async () => {
  const env = { MOCK_OPENAI_SEED: '9', MOCK_OPENAI_PORT: 'nonsense', MOCK_OPENAI_JSON: 'true' };
  const server = await startCli(['--seed', '5', '--port', '0'], tempFolder(), env);
  expect(JSON.parse(server.firstLine)).toMatchObject({ event: 'listening', seed: 5, workers: 1 });
});

test('run takes its settings from the environment, and hands its own variables on', async () => {
  const script =
    'console.log(process.env.OPENAI_AGENTS_DISABLE_TRACING, process.env.MOCK_OPENAI_ORIGIN.startsWith("http://127."))';
  const env = { MOCK_OPENAI_SCENARIO: 'outage', MOCK_OPENAI_STRICT: 'no', MOCK_OPENAI_ORIGIN: 'http://elsewhere' };
  const { stdout, stderr } = await runCli(['run', '--', process.execPath, '-e', script], tempFolder(), env);
  expect(stdout).toBe('1 true\n');
  expect(stderr).toContain('scenario outage');
  expect(stderr).not.toContain('no setting');
});

test.each([
  [{ MOCK_OPENAI_PORT: 'abc' }, 'MOCK_OPENAI_PORT takes a whole number from 0 to 65535; found "abc".'],
  [{ MOCK_OPENAI_SEED: '-1' }, 'MOCK_OPENAI_SEED takes a whole number'],
  [{ MOCK_OPENAI_WORKERS: 'many' }, 'MOCK_OPENAI_WORKERS takes a whole number from 1 to 64, or auto; found "many".'],
  [{ MOCK_OPENAI_VERBOSE: 'perhaps' }, 'MOCK_OPENAI_VERBOSE takes true or false; found "perhaps".'],
  [{ MOCK_OPENAI_QUIET: '1', MOCK_OPENAI_JSON: '1' }, 'MOCK_OPENAI_QUIET cannot be used with MOCK_OPENAI_JSON.'],
  [{ MOCK_OPENAI_SCENARIO: 'falky' }, 'Did you mean "flaky"?\nSet by the environment: MOCK_OPENAI_SCENARIO.'],
  [{ MOCK_OPENAI_HOST: '203.0.113.1' }, 'Set by the environment: MOCK_OPENAI_HOST.'],
])('%j is told by its name, with exit code 2', async (env, message) => {
  const { code, stdout, stderr } = await runInProcess(['serve'], tempFolder(), env as Record<string, string>);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('what is no setting is told, and nothing else', async () => {
  const env = {
    MOCK_OPENAI_SCENRIO: 'flaky',
    MOCK_OPENAI_FLAVOUR: 'vanilla',
    // Handed to commands.
    MOCK_OPENAI_URL: 'http://127.0.0.1:9',
    MOCK_OPENAI_CALL: 'a',
    MOCK_OPENAI_EU_BACKUP_BASE_URL: 'http://127.0.0.1:9/s/eu-backup/v1',
    // Set by Kubernetes where a service has the name mock-openai.
    MOCK_OPENAI_PORT: 'tcp://10.0.0.7:8080',
    MOCK_OPENAI_PORT_8080_TCP_ADDR: '10.0.0.7',
    MOCK_OPENAI_SERVICE_HOST: '10.0.0.7',
    MOCK_OPENAI_SERVICE_PORT_HTTP: '8080',
    // As a compose file sets what nobody gave.
    MOCK_OPENAI_POLICY: '',
  };
  const { stderr } = await runCli(['run', '--', process.execPath, '-e', ''], tempFolder(), env);
  expect(stderr.split('\n').filter((line) => line.includes('MOCK_OPENAI_'))).toEqual([
    'MOCK_OPENAI_SCENRIO is no setting of mock-openai. Did you mean "MOCK_OPENAI_SCENARIO"?',
    'MOCK_OPENAI_FLAVOUR is no setting of mock-openai.',
  ]);
});
