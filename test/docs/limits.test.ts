import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { endpoints } from '../../src/core/openai/endpoints/registry.ts';
import { REQUEST_BOUNDS } from '../../src/core/openai/request/request-bounds.ts';
import { pageText } from '../support/pages.ts';

const page = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8');
const { sampling, ...single } = REQUEST_BOUNDS;
const bounds: readonly (readonly [string, number])[] = [...Object.entries(single), ...Object.entries(sampling)];

test.each(bounds)('the page on limits tells the bound of %s: %d', (_name, bound) => {
  expect(page).toContain(bound.toLocaleString('en'));
});

test.each(['README.md', 'docs/limits.md'])('%s names nothing as not served that is served', (file) => {
  const [, list = ''] = /Not served today:(?:\*\*)? ([^.]*)\./.exec(pageText(file)) ?? [];
  const named = list.split(', ').map((name) => name.replaceAll(/[ -]/g, '_'));
  expect(named).toContain('images');
  const families = new Set(endpoints.map(({ path }) => path.split('/')[2]));
  expect(named.filter((name) => families.has(name))).toEqual([]);
});
