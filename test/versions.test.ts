import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PLACES, versionsIn } from '../.config/versions.mjs';

const text = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const { version, scripts } = JSON.parse(text('package.json')) as { version: string; scripts: Record<string, string> };

test.each(PLACES)('%s names the version of package.json', (file, pattern) => {
  expect(new Set(versionsIn(file, pattern))).toEqual(new Set([version]));
});

test('a release writes the version there', () => {
  expect(scripts['release:version']).toContain('node .config/versions.mjs');
});

test('the wheel has the version of package.json', () => {
  expect(text('integrations/pytest/pyproject.toml')).toMatch(/dynamic = \["version"\][\s\S]*path = ".*\/program\/package\.json"/);
  expect(text('.config/wheel.rolldown.config.mjs')).toContain("readFileSync('package.json', 'utf8')");
});

test('the image has the version of package.json', () => {
  expect(text('.github/workflows/release.yml')).toMatch(
    /require\('\.\/package\.json'\)\.version[\s\S]*VERSION=\$\{\{ steps\.version\.outputs\.version \}\}/,
  );
});
