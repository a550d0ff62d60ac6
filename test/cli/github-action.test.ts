import { execFile } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { blocks } from '../support/pages.ts';
import { tempFolder } from '../support/temp-folder.ts';

/* The steps of action.yml, in a shell as a runner starts it, each under its name there. The program is built already. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly shell: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run: string;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: {
    readonly steps: readonly Step[];
  };
}

const action = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as Action;

/** Runs one step, as a runner does. Rejects with what it printed when it fails. */
async function runStep(name: string, folder: string, env: Readonly<Record<string, string | undefined>> = {}) {
  const step = action.runs.steps.find((each) => each.name === name) ?? expect.unreachable(`the action has no step ${name}`);
  expect(step.shell).toBe('bash');
  const runner = { GITHUB_ACTION_PATH: root, GITHUB_OUTPUT: join(folder, 'outputs'), RUNNER_TEMP: folder };
  return await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
    cwd: folder,
    env: { ...process.env, ...runner, ...env },
  });
}

/** Runs all steps. Returns the outputs of the action, and what was printed. Throws what a step that fails throws. */
async function use(given: Readonly<Record<string, string>>) {
  const folder = tempFolder({ outputs: '', 'mine.yaml': 'name: mine\nrules: [{ fault: overloaded }]\n' });
  const inputs = Object.fromEntries(Object.entries(action.inputs).map(([name, input]) => [name, given[name] ?? input.default]));
  const written = (text: string, values: Readonly<Record<string, string | undefined>>) =>
    text.replace(/\$\{\{ *([\w.]+) *\}\}/g, (_, path: string) => values[path] ?? expect.unreachable(path));
  const ofInputs = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`inputs.${name}`, value]));
  let printed = '';
  for (const { name, env: wanted = {} } of action.runs.steps) {
    const env = Object.fromEntries(Object.entries(wanted).map(([key, value]) => [key, written(value, ofInputs)]));
    const { stdout, stderr } = await runStep(name, folder, env);
    printed += stdout + stderr;
  }
  const lines = readFileSync(join(folder, 'outputs'), 'utf8').trimEnd().split('\n');
  const ofSteps = Object.fromEntries(
    lines.map((line) => [`steps.start.outputs.${line.slice(0, line.indexOf('='))}`, line.slice(line.indexOf('=') + 1)]),
  );
  const outputs = Object.fromEntries(Object.entries(action.outputs).map(([name, { value }]) => [name, written(value, ofSteps)]));
  onTestFinished(() => stop(outputs['url'] ?? ''));
  return { outputs, printed };
}

/** A runner ends what a job left. */
async function stop(url: string): Promise<void> {
  const { stdout } = await run('ps', ['-eo', 'pid,args']);
  const { port } = new URL(url);
  const line = stdout.split('\n').find((each) => each.includes('main.js serve') && each.includes(`--port ${port}`));
  if (line !== undefined) process.kill(Number.parseInt(line, 10));
}

/** A free port, which the mock of a test is found by when it is to end. */
const PORT = String(20_000 + (process.pid % 20_000));

/** What each step is held to. */
const STEPS: Readonly<Record<string, () => void>> = {
  'Build mock-openai': () => {
    /** Where `npm` notes what it is asked, and does nothing else. */
    const checkout = (files: Readonly<Record<string, string>> = {}) => {
      const folder = tempFolder({
        '.github/action/build.sh': readFileSync(join(root, '.github/action/build.sh'), 'utf8'),
        'bin/npm': '#!/bin/sh\necho "npm $*"\n',
        'old/node': '#!/bin/sh\nexit 1\n',
        ...files,
      });
      for (const program of ['.github/action/build.sh', 'bin/npm', 'old/node']) chmodSync(join(folder, program), 0o755);
      return folder;
    };
    const build = (folder: string, programs: string) =>
      runStep('Build mock-openai', folder, {
        GITHUB_ACTION_PATH: folder,
        PATH: `${join(folder, programs)}:${process.env['PATH']}`,
      });

    test('a fresh checkout is installed and built, and one that was built is left alone', async () => {
      expect((await build(checkout(), 'bin')).stdout).toMatch(/^npm ci .*\nnpm run .*bundle\n$/);
      expect((await build(checkout({ 'dist/cli/main.js': '' }), 'bin')).stdout).toBe('');
    });

    test('a Node that is too old fails the step with an annotation', async () => {
      await expect(build(checkout(), 'old')).rejects.toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/^::error title=mock-openai::it needs Node 20\.19 or newer/),
      });
    });
  },
  'Start mock-openai': () => {
    test('a mock under a scenario answers at the url, and knows its flags', async () => {
      const { outputs, printed } = await use({ scenario: 'mine.yaml', port: PORT, args: '--seed "9" --admin-token "a b"' });
      expect(outputs['url']).toBe(`http://127.0.0.1:${PORT}/v1`);
      expect(printed).toContain('scenario mine, seed 9, 1 rule');
      const response = await fetch(`${outputs['url']}/models`, { headers: { authorization: 'Bearer sk-any' } });
      expect(response.status).toBe(503);
      expect((await fetch(`${outputs['admin_url']}/calls`)).status).toBe(401);
      const withToken = await fetch(`${outputs['admin_url']}/calls`, { headers: { authorization: 'Bearer a b' } });
      expect(withToken.status).toBe(200);
    });

    test('a mock that does not start fails the step with an annotation, and says why', async () => {
      await expect(use({ scenario: 'flakey' })).rejects.toMatchObject({
        code: 1,
        stdout: expect.stringContaining('::error title=mock-openai::the mock did not start'),
        stderr: expect.stringContaining('Did you mean "flaky"?'),
      });
    });
  },
};

test('each step of the action is tried here under its name, in the order of the action', () => {
  expect(Object.keys(STEPS)).toEqual(action.runs.steps.map(({ name }) => name));
});

for (const [name, tests] of Object.entries(STEPS)) describe(name, tests);

test('the workflow of the page gives inputs that there are, and reads outputs that there are', () => {
  const [block, ...more] = blocks(['docs/github-actions.md']).filter(({ kind }) => kind === 'action');
  expect(more).toEqual([]);
  const steps = parse(block?.code ?? '').jobs.integration.steps as { uses?: string; with?: object }[];
  const step = steps.find(({ uses }) => uses?.endsWith('/mock-openai@v1'));
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step?.with ?? expect.unreachable())));
  const read = [...(block?.code ?? '').matchAll(/steps\.openai\.outputs\.(\w+)/g)].map(([, name]) => name);
  expect(read.length).toBeGreaterThan(1);
  expect(Object.keys(action.outputs)).toEqual(expect.arrayContaining(read));
});
