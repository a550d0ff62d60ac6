import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REQUEST_BOUNDS } from '../../src/core/openai/request/request-bounds.ts';

const page = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8');
const { sampling, ...single } = REQUEST_BOUNDS;
const bounds: readonly (readonly [string, number])[] = [...Object.entries(single), ...Object.entries(sampling)];

test.each(bounds)('the page on limits tells the bound of %s: %d', (_name, bound) => {
  expect(page).toContain(bound.toLocaleString('en'));
});
