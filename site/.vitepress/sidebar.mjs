import { readFileSync } from 'node:fs';

const INDEX = new URL('../../docs/README.md', import.meta.url);

/** The sidebar has what the tables of docs/README.md link to, under their headings. */
export function sidebar() {
  const index = readFileSync(INDEX, 'utf8');
  const [, ...sections] = index.split(/^## /m);
  const groups = sections.map((section) => {
    const [heading] = section.split('\n', 1);
    const links = [...section.matchAll(/\[([^\]]+)\]\(([\w/-]+)\.md\)/g)];
    return { text: heading, items: links.map(([, text, page]) => ({ text, link: `/${page.replace(/README$/, '')}` })) };
  });
  return [{ text: 'Documentation', link: '/' }, ...groups.filter(({ items }) => items.length > 0)];
}
