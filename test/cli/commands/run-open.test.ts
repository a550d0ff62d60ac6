import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../../support/run-cli.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** Asks for the page that the browser was given, as often as it takes until it was given one. */
const COMMAND = `
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
while (!existsSync('opened') || readFileSync('opened', 'utf8') === '') await setTimeout(20);
const response = await fetch(readFileSync('opened', 'utf8').trim());
console.log(response.status, response.headers.get('content-type'));
// What is not read keeps the connection, and the process.
await response.text();
`;

test('run --open gives the browser the live page, while the command runs', async () => {
  const folder = tempFolder({ browser: '#!/bin/sh\necho "$1" > opened\n', 'command.mjs': COMMAND });
  chmodSync(join(folder, 'browser'), 0o755);
  const { stdout, stderr } = await runCli(['run', '--open', '--', process.execPath, 'command.mjs'], folder, {
    BROWSER: join(folder, 'browser'),
  });
  expect(stdout).toMatch(/^200 text\/html/);
  expect(stderr).toContain(`  live page: ${readFileSync(join(folder, 'opened'), 'utf8').trim()}`);
});

test('where there is no browser, the address is told, and the run goes on', async () => {
  const folder = tempFolder();
  const command = [process.execPath, '-e', 'setTimeout(() => console.log("done"), 500)'];
  const { stdout, stderr } = await runCli(['run', '--open', '--', ...command], folder, { BROWSER: 'no-such-browser' });
  expect(stdout).toBe('done\n');
  expect(stderr).toMatch(/^no browser could be opened; the live page is http:\/\/127\.0\.0\.1:\d+\/__admin\/$/m);
});
