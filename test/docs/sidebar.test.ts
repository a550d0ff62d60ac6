import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { sidebar } from '../../site/.vitepress/sidebar.mjs';

const docs = fileURLToPath(new URL('../../docs', import.meta.url));

test('the sidebar of the site has each page of docs', () => {
  const links = sidebar().flatMap(({ link, items = [] }) => [link, ...items.map((item) => item.link)]);
  const pages = readdirSync(docs)
    .filter((name) => name.endsWith('.md'))
    .map((name) => (name === 'README.md' ? '/' : `/${name.replace(/\.md$/, '')}`));
  expect([...new Set(links)].filter((link) => link !== undefined).sort()).toEqual([...pages, '/decisions/'].sort());
});
