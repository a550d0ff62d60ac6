import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { pageText } from './pages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Compares a page with itself, its sections between `<!-- name -->` and `<!-- /name -->` replaced. With `--update` the page is written. */
export async function expectSections(page: string, sections: Readonly<Record<string, string>>): Promise<void> {
  const generated = Object.entries(sections).reduce((text, [name, content]) => {
    const section = new RegExp(`(<!-- ${name} -->)[\\s\\S]*?(<!-- /${name} -->)`);
    expect(text, `${page} has a place for ${name}`).toMatch(section);
    return text.replace(section, (_all, open, close) => open + content + close);
  }, pageText(page));
  await expect(generated).toMatchFileSnapshot(join(root, page));
}

/** A table of Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`.replace(/ {2,}/g, ' ');
  return `\n${line(head)}|${'---|'.repeat(head.length)}\n${rows.map(line).join('')}`;
}
