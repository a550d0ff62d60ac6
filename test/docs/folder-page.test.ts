import { expect, test } from 'vitest';
import { folderPage } from '../../site/.vitepress/folder-page.mjs';

test.each([
  ['decisions/README.md', 'decisions/index.md'],
  ['README.md#limits', 'index.md#limits'],
  ['admin-api.md#events', 'admin-api.md#events'],
  ['https://example.com/README.md', 'https://example.com/README.md'],
])('on the site a link to %s leads to %s', (href, page) => {
  expect(folderPage(href)).toBe(page);
});
