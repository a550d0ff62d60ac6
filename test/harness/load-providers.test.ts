import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reportSchema } from '../../src/core/report/json-schema.ts';
import { runCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const SCENARIO = `providers:
  primary: { rules: [{ fault: overloaded }] }
  back-up: { auth: { keys: [sk-back-up] } }
expect: { fails_over: true }
`;

const ASK = `const ask = ({ baseURL, apiKey, model, prompt }) =>
  fetch(baseURL + '/chat/completions', {
    method: 'POST',
    headers: { authorization: 'Bearer ' + apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: prompt }] }),
  });
`;

/** Asks one target after the other; says what it was given where that is not two. */
const FAILS_OVER = `${ASK}
export default async ({ targets, prompt }) => {
  if (targets?.length !== 2) return { ok: false, error: String(targets?.length) };
  for (const target of targets) if ((await ask({ ...target, prompt })).ok) return { ok: true };
  return { ok: false, error: 'no target answered' };
};
`;

const files = {
  'scenario.yaml': SCENARIO,
  'several.mjs': `export const targets = true;\n${FAILS_OVER}`,
  'one.mjs': FAILS_OVER,
  'command.mjs': `${ASK}
const { MOCK_OPENAI_PRIMARY_BASE_URL: primary, MOCK_OPENAI_BACK_UP_BASE_URL: backup, MOCK_OPENAI_PROMPT: prompt } = process.env;
const answers = [];
for (const baseURL of [primary, backup]) answers.push((await ask({ baseURL, apiKey: 'sk-back-up', model: 'gpt-4o', prompt })).status);
process.exitCode = answers.join() === '503,200' ? 0 : 1;
`,
};

async function load(flags: readonly string[]) {
  const folder = tempFolder(files);
  const how = ['--scenario', join(folder, 'scenario.yaml'), '--at-once', '6', '--processes', '1', '--json'];
  const { stdout, stderr } = await runCli(['load', ...flags, ...how], folder);
  expect(stderr).not.toContain('Error');
  return reportSchema.parse(JSON.parse(stdout));
}

/** What came to each service. */
const services = (found: Awaited<ReturnType<typeof load>>) =>
  found.load?.targets.map(({ provider, requests }) => [provider, requests]).sort();

test('a module that takes several targets is given the providers, in their order, each with a key that it takes', async () => {
  const found = await load(['--client', 'several.mjs']);
  expect(found.load?.calls).toMatchObject({ started: 6, ok: 6 });
  expect(services(found)).toEqual([
    ['back-up', 6],
    ['primary', 6],
  ]);
  expect(found.load?.exactness.correlation).toEqual({ exact: 6, likely: 0, ambiguous: 0 });
  expect(found.verdict.findings.find(({ rule }) => rule === 'fails_over')).toMatchObject({ verdict: 'pass' });
});

test('a module that does not say that it takes several is given none', async () => {
  const found = await load(['--client', 'one.mjs']);
  expect(found.load?.errors).toEqual([{ error: 'undefined', calls: 6 }]);
});

test('a command finds the providers in its variables, and its call in their addresses', async () => {
  const found = await load(['--command', `"${process.execPath}" command.mjs`]);
  expect(found.load?.calls).toMatchObject({ started: 6, ok: 6 });
  expect(services(found)).toEqual([
    ['back-up', 6],
    ['primary', 6],
  ]);
  expect(found.load?.exactness.correlation.exact).toBe(6);
});
