import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../support/run-cli.ts';

/* Clients that call /v1/responses by default, as their users have them. */

const PACKAGES = ['ai@7.0.173', '@ai-sdk/openai@4.0.118', '@openai/agents@0.20.0', '@openai/codex@0.171.0', 'zod@4.6.7'];

const AI_SDK = `
import { generateObject, generateText, streamText, tool } from 'ai';
import { createOpenAI } from '@ai-sdk/openai';
import { z } from 'zod';
const model = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL, apiKey: process.env.OPENAI_API_KEY })('gpt-4o');
const seen = {};
const see = async (name, ask) => {
  try { seen[name] = await ask(); } catch (error) { seen[name] = error.name; }
};
await see('generateText', async () => {
  const { text, finishReason, usage } = await generateText({ model, prompt: 'Hello' });
  return [text !== '', finishReason, usage.inputTokens > 0];
});
await see('streamText', async () => {
  const { textStream, finishReason } = streamText({ model, prompt: 'Hello again', onError: () => {} });
  let pieces = 0;
  for await (const piece of textStream) pieces += 1;
  return [pieces > 3, await finishReason];
});
await see('tool', async () => {
  const weather = tool({ description: 'weather', inputSchema: z.object({ city: z.string() }), execute: async () => 'sunny' });
  const { toolCalls } = await generateText({ model, prompt: 'Oslo?', toolChoice: 'required', tools: { weather } });
  return toolCalls.map(({ toolName, input }) => [toolName, typeof input.city]);
});
await see('object', async () => {
  const { object } = await generateObject({ model, prompt: 'A person', schema: z.object({ name: z.string(), age: z.number() }) });
  return [typeof object.name, typeof object.age];
});
console.log('SEEN ' + JSON.stringify(seen));
`;

const AGENTS = `
import { Agent, run, setTracingDisabled, tool } from '@openai/agents';
import { z } from 'zod';
setTracingDisabled(true);
const execute = async () => 'sunny';
const weather = tool({ name: 'weather', description: 'weather', parameters: z.object({ city: z.string() }), execute });
const agent = new Agent({ name: 'helper', model: 'gpt-4o', instructions: 'Help', tools: [weather] });
const seen = {};
try {
  seen.run = typeof (await run(agent, 'Weather in Oslo?', { maxTurns: 3 })).finalOutput;
  const streamed = await run(agent, 'Hello', { stream: true });
  let pieces = 0;
  for await (const piece of streamed.toTextStream()) pieces += 1;
  await streamed.completed;
  seen.stream = pieces > 3;
} catch (error) {
  seen.error = error.name;
}
console.log('SEEN ' + JSON.stringify(seen));
`;

const CODEX = `
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
const home = process.cwd() + '/codex-home';
mkdirSync(home, { recursive: true });
const base = JSON.stringify(process.env.OPENAI_BASE_URL);
writeFileSync(home + '/config.toml', 'model = "gpt-5.3-codex"\\nmodel_provider = "mock"\\n[model_providers.mock]\\nname = "mock"\\n' +
  'base_url = ' + base + '\\nwire_api = "responses"\\nenv_key = "OPENAI_API_KEY"\\n');
const args = ['exec', '--skip-git-repo-check', 'Say hello'];
const { status, stdout } = spawnSync('node_modules/.bin/codex', args, { env: { ...process.env, CODEX_HOME: home }, input: '', encoding: 'utf8' });
console.log('SEEN ' + JSON.stringify({ status, answered: stdout.trim() !== '' }));
`;

let folder = '';

beforeAll(() => {
  // Codex refuses to work in the folder for temporary files.
  const parent = join(homedir(), '.cache');
  mkdirSync(parent, { recursive: true });
  folder = mkdtempSync(join(parent, 'mock-openai-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', ...PACKAGES], { cwd: folder, stdio: 'ignore' });
  writeFileSync(join(folder, 'ai-sdk.mjs'), AI_SDK);
  writeFileSync(join(folder, 'agents.mjs'), AGENTS);
  writeFileSync(join(folder, 'codex.mjs'), CODEX);
  const failed = 'rules: [ { attempts: 1, match: { stream: true }, fault: { response_failed: { code: rate_limit_exceeded } } } ]';
  writeFileSync(join(folder, 'failed.yaml'), failed);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the client saw under the scenario, and how the run was judged. */
async function runUnder(scenario: string, program: string) {
  const { code, stdout, stderr } = await runCli(['run', '--scenario', scenario, '--', process.execPath, program], folder);
  const output = stdout + stderr;
  const [, seen = 'null'] = /^SEEN (.*)$/m.exec(output) ?? [];
  const [, recognised = ''] = /^recognised +(.*)$/m.exec(output) ?? [];
  const [verdict = ''] = /^(?:PASS|WARN|FAIL|INCONCLUSIVE)\b.*$/m.exec(output) ?? [];
  return { seen: JSON.parse(seen), recognised, verdict, code };
}

const WHOLE = {
  generateText: [true, 'stop', true],
  streamText: [true, 'stop'],
  tool: [['weather', 'string']],
  object: ['string', 'number'],
};

test.each([
  ['healthy', WHOLE, /^INCONCLUSIVE {2}not exercised/],
  ['rate-limited', WHOLE, /^PASS/],
  ['failed.yaml', { ...WHOLE, streamText: expect.anything() }, /./],
])('the AI SDK at its default, under %s', async (scenario, expected, verdict) => {
  const run = await runUnder(scenario, 'ai-sdk.mjs');
  expect(run.seen).toEqual(expected);
  expect(run.verdict).toMatch(verdict);
});

test.each([
  ['healthy', /^INCONCLUSIVE {2}not exercised/],
  ['rate-limited', /^PASS/],
])('the Agents SDK at its default, under %s', async (scenario, verdict) => {
  const run = await runUnder(scenario, 'agents.mjs');
  expect(run.seen).toEqual({ run: 'string', stream: true });
  expect(run.verdict).toMatch(verdict);
});

test.each([
  ['healthy', /^INCONCLUSIVE {2}not exercised/, /^exact 1$/],
  ['rate-limited', /^PASS/, /^exact 1$/],
  ['failed.yaml', /^(?:PASS|INCONCLUSIVE)/, / 1$/],
  ['stream-cut', /^(?:PASS|INCONCLUSIVE)/, / 1$/],
])('Codex answers under %s, and is accused of nothing', async (scenario, verdict, recognised) => {
  const run = await runUnder(scenario, 'codex.mjs');
  expect(run.seen).toEqual({ status: 0, answered: true });
  expect(run.verdict).toMatch(verdict);
  expect(run.recognised).toMatch(recognised);
});
