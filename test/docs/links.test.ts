import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { pages, pageText } from '../support/pages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A page without its code, in which nothing is a link. */
function prose(page: string): string {
  return pageText(page)
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/`[^`\n]*`/g, (code) => '`'.repeat(code.length));
}

/** The anchors that GitHub makes of the headings of a page. */
function anchors(page: string): string[] {
  const text = pageText(page).replace(/^```[\s\S]*?^```$/gm, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Where the links of a page lead that stay in the repository. */
function links(page: string): { target: string; anchor: string | undefined }[] {
  return [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, url = '']) => url)
    .filter((url) => !/^[a-z]+:/.test(url))
    .map((url) => {
      const [path = '', anchor] = url.split('#');
      return { target: path === '' ? page : join(dirname(page), path), anchor };
    });
}

test.each(pages)('the links of %s lead somewhere', (page) => {
  for (const { target, anchor } of links(page)) {
    expect(existsSync(join(root, target)), target).toBe(true);
    if (anchor !== undefined) expect(anchors(target), `headings of ${target}`).toContain(anchor);
  }
});

test('a page that is not there, and a heading that is not, are noticed', () => {
  expect(links('README.md').length).toBeGreaterThan(10);
  expect(anchors('docs/scenarios.md')).toContain('which-requests-match');
  expect(anchors('docs/scenarios.md')).not.toContain('which-requests');
});

test('the index leads to every page', () => {
  const linked = new Set([...links('docs/README.md'), ...links('docs/decisions/README.md')].map(({ target }) => target));
  const orphans = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md' && !linked.has(page));
  expect(orphans).toEqual([]);
  for (const target of linked) expect(statSync(join(root, target)).isFile(), target).toBe(true);
});

test('the README is a front door: at most 150 lines', () => {
  expect(pageText('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});
