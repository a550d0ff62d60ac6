import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/* docs/ as a site. Links that lead nowhere fail the build. */

const site = fileURLToPath(new URL('../../site', import.meta.url));
const docs = fileURLToPath(new URL('../../docs', import.meta.url));
const run = promisify(execFile);

test('each page of docs is a page of the site, which has a search', async ({ skip }) => {
  const install = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1'];
  const installed = await run('npm', install, { cwd: site }).then(
    () => true,
    (error) => !/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(String(error)),
  );
  if (!installed) return skip('no registry answers');
  // Nothing is fetched: all that the build needs is installed.
  await run('npm', ['run', 'build'], { cwd: site, env: { ...process.env, NO_COLOR: '1', npm_config_offline: 'true' } });
  const built = readdirSync(join(site, 'dist'), { recursive: true, encoding: 'utf8' });
  for (const page of readdirSync(docs, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md')))
    expect(built).toContain(page.replace(/README\.md$/, 'index.md').replace(/\.md$/, '.html'));
  expect(built.some((name) => /localSearchIndex/i.test(name))).toBe(true);
  expect(readFileSync(join(site, 'dist/scenarios.html'), 'utf8')).toContain('{{');
});
