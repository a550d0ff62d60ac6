import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { MAIN } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

/* The packed package in projects with the test runners that it is for: their types without skipLibCheck, and a test that runs. */

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

const COMMON = ['typescript@6.0.3'];
const TYPES_OF_NODE = '@types/node@20.19.43';
const BABEL = ['@babel/core@7', '@babel/preset-env@7', '@babel/preset-typescript@7'];

const BODY = `
test('counts', async () => {
  await fetch(\`\${mock.baseURL}/models\`, { headers: { authorization: \`Bearer \${mock.apiKey}\` } });
  await mock.idle();
  expect(mock).toHaveReceivedCalls(1);
  expect(mock).not.toHaveReceivedCalls(2);
  expect(() => expect(mock).toHaveReceivedCalls(2)).toThrow(/1 call/);
  // @ts-expect-error a count is a number
  expect(() => expect(mock).toHaveReceivedCalls('1')).toThrow();
});

test('sees bodies and headers', async () => {
  const recorded = mock.session({ scenario: { record: { bodies: '2KiB', headers: true } } });
  await fetch(\`\${recorded.baseURL}/chat/completions\`, {
    method: 'POST',
    headers: { authorization: \`Bearer \${mock.apiKey}\`, 'content-type': 'application/json', 'x-tenant': 'acme' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }], n: 1 }),
  });
  expect(recorded).toHaveReceivedBody({ model: /^gpt-/, messages: [{ role: 'user' }], n: expect.any(Number) });
  expect(recorded).toHaveReceivedBody(/"content":"Hello"/);
  expect(recorded).not.toHaveReceivedBody(/"content":"Goodbye"/);
  expect(recorded).not.toHaveReceivedBody({ model: /mini/ });
  expect(() => expect(recorded).toHaveReceivedBody({ n: 2 })).toThrow(/expected 2, found 1/);
  expect(recorded).toHaveReceivedHeader('X-Tenant', /^ac/);
  expect(recorded).toHaveReceivedHeader('x-tenant', expect.stringContaining('me'));
  expect(recorded).not.toHaveReceivedHeader('x-tenant', /other/);
  expect(recorded).toHaveReceivedHeader('authorization');
  // @ts-expect-error a name is a text
  expect(() => expect(recorded).toHaveReceivedHeader(1)).toThrow();
});
`;
const VITEST = `
import { expect, test } from 'vitest';
import { useMockOpenAI } from 'mock-openai/vitest';
const mock = useMockOpenAI({ scenario: 'bad-key' });
${BODY}`;
const JEST = `
import { createMockOpenAI, matchers, type MockOpenAI } from 'mock-openai/jest';
expect.extend(matchers);
let mock: MockOpenAI;
beforeAll(async () => {
  mock = await createMockOpenAI({ scenario: 'bad-key' });
});
afterAll(() => mock.close());
${BODY}`;
/** Two tests that say the same to the mock of `run`, one after the other; without `run` they say nothing. */
const EQUAL = `
for (const name of ['one', 'two'])
  test(name, async () => {
    const base = process.env['OPENAI_BASE_URL'];
    for (let attempt = 0; base !== undefined && attempt < 3; attempt++) {
      const headers = { authorization: 'Bearer sk-any', 'content-type': 'application/json' };
      const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] });
      const response = await fetch(base + '/chat/completions', { method: 'POST', headers, body });
      await response.text();
      if (response.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 1_020));
    }
  });
`;
const SHORT = 'rules:\n  - attempts: 1..1\n    fault: { rate_limit: { retry_after: 1s } }\n';
const GLOBALS = "import { afterAll, beforeAll, expect, test } from '@jest/globals';";
const presets = (modules: string) =>
  `{ presets: [['@babel/preset-env', { targets: { node: 'current' }${modules} }], '@babel/preset-typescript'] };\n`;
const JEST_30 = ['jest@30.5.2', TYPES_OF_NODE, ...BABEL];

interface Witness {
  readonly packages: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly types?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Oldest major version of Node that runs it. */
  readonly node?: number;
}

const vitest = (version: string, node = 20): Witness => ({
  packages: [`vitest@${version}`, node === 20 ? TYPES_OF_NODE : `@types/node@${node}`],
  files: {
    'package.json': '{ "type": "module" }',
    'vitest.config.js': "export default { test: { setupFiles: ['mock-openai/vitest-setup'] } };\n",
    'a.test.ts': VITEST,
    'equal.test.ts': `import { test } from 'vitest';${EQUAL}`,
  },
  command: ['node_modules/vitest/vitest.mjs', 'run'],
  node,
});
const jest = { command: ['node_modules/jest/bin/jest.js'] };
const SETUP = "setupFilesAfterEnv: ['mock-openai/jest-setup']";
const CONFIG = { 'jest.config.js': `module.exports = { ${SETUP} };\n` };

const WITNESSES: Readonly<Record<string, Witness>> = {
  'vitest 3.2': vitest('3.2.7'),
  'vitest 4': vitest('4.1.12'),
  'vitest 5': vitest('5.1.2', 22),
  'Jest 30 as it comes': {
    ...jest,
    packages: JEST_30,
    files: {
      ...CONFIG,
      'package.json': '{}',
      'babel.config.js': `module.exports = ${presets('')}`,
      'a.test.ts': GLOBALS + JEST,
      'equal.test.ts': GLOBALS + EQUAL,
    },
  },
  'Jest 30 with the globals of @types/jest': {
    ...jest,
    packages: [...JEST_30, '@types/jest@30'],
    types: ['node', 'jest'],
    files: {
      ...CONFIG,
      'package.json': '{}',
      'babel.config.js': `module.exports = ${presets('')}`,
      'a.test.ts': JEST,
      'equal.test.ts': EQUAL,
    },
  },
  'Jest 30 with ES modules': {
    ...jest,
    packages: JEST_30,
    env: { NODE_OPTIONS: '--experimental-vm-modules' },
    files: {
      'package.json': '{ "type": "module" }',
      'babel.config.js': `export default ${presets(', modules: false')}`,
      'jest.config.js': `export default { extensionsToTreatAsEsm: ['.ts'], ${SETUP} };\n`,
      'a.test.ts': GLOBALS + JEST,
      'equal.test.ts': GLOBALS + EQUAL,
    },
  },
};

/** Undefined where it cannot be installed: no registry is there. */
async function install(folder: string, packages: readonly string[]): Promise<string | undefined> {
  const pack = await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: root });
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=1'];
  try {
    await run('npm', ['install', ...flags, join(folder, pack.stdout.trim()), ...packages], { cwd: folder });
    return folder;
  } catch (error) {
    if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(String(error))) return undefined;
    throw error;
  }
}

test.for(Object.entries(WITNESSES))('%s', async ([_name, witness], { skip }) => {
  const { packages, files, command, types = ['node'], env = {}, node = 20 } = witness;
  const compilerOptions = { target: 'esnext', module: 'nodenext', strict: true, skipLibCheck: false, types, noEmit: true };
  const tsconfig = JSON.stringify({ compilerOptions, files: ['a.test.ts'] });
  const folder = await install(tempFolder({ ...files, 'tsconfig.json': tsconfig, 'short.yaml': SHORT }), [
    ...COMMON,
    ...packages,
  ]);
  if (folder === undefined) return skip('no registry answers');
  const { stdout } = await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { cwd: folder }).catch(
    (error) => error,
  );
  expect(stdout).toBe('');
  if (Number(process.versions.node.split('.')[0]) < node) return skip(`it needs Node ${node} to run; its types are clean`);
  const environment = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', ...env };
  const told = await run(process.execPath, [...command], { cwd: folder, env: environment });
  expect(told.stdout + told.stderr).toMatch(/Tests:? +4 passed/);
  const judged = await run(process.execPath, [MAIN, 'run', '--scenario', 'short.yaml', '--', process.execPath, ...command], {
    cwd: folder,
    env: environment,
  });
  expect(judged.stderr).toMatch(/^recognised +exact 2$/m);
  expect(judged.stderr).toMatch(/^PASS /m);
});
