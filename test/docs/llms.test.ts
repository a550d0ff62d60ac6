import { expect, test } from 'vitest';
import { pageText } from '../support/pages.ts';

/* llms.txt lists the pages for programs that read. It is made of the README and of the index of docs/; `npm run docs` writes it. */

/** The rows of the tables of docs/README.md, by the heading that they stand under. */
function sections(): [heading: string, lines: string[]][] {
  return pageText('docs/README.md')
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [heading = '', ...lines] = part.split('\n');
      const rows = lines.filter((line) => line.startsWith('|')).slice(2);
      return [heading, rows.map(entry)] as [string, string[]];
    })
    .filter(([, lines]) => lines.length > 0);
}

/** `| watch what happens | [Live page](live-page.md) |` → `- [Live page](docs/live-page.md): watch what happens`. */
function entry(row: string): string {
  const [, what = '', page = ''] = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
  const [, title, path, more = ''] = /^\[([^\]]+)\]\(([^)]+)\):? ?(.*)$/.exec(page) ?? [];
  expect(path, row).toBeDefined();
  return `- [${title}](docs/${path}): ${[what, more].filter((text) => text !== '').join('; ')}`;
}

test('llms.txt lists the pages of the index', async () => {
  const [, summary = ''] = /^# mock-openai\n\n([\s\S]*?)\n\n/.exec(pageText('README.md')) ?? [];
  const text = [
    '# mock-openai',
    '',
    `> ${summary.replaceAll('\n', ' ')}`,
    '',
    ...sections().flatMap(([heading, lines]) => [`## ${heading}`, '', ...lines, '']),
  ].join('\n');
  await expect(text).toMatchFileSnapshot('../../llms.txt');
  expect(text.match(/^- /gm)?.length).toBeGreaterThan(25);
});
