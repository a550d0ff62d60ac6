import { defineConfig } from 'vitepress';
import { folderPage } from './folder-page.mjs';
import { sidebar } from './sidebar.mjs';

/** Where files outside of docs/ are to be found; without it they are named and not linked. */
const REPOSITORY = process.env.SITE_REPOSITORY;

export default defineConfig({
  title: 'mock-openai',
  description: 'A stand-in for api.openai.com that fails as the real one does, and judges whether a client survived it.',
  srcDir: './pages',
  outDir: './dist',
  cacheDir: './.vitepress/cache',
  rewrites: { 'README.md': 'index.md', 'decisions/README.md': 'decisions/index.md' },
  markdown: {
    config(md) {
      linkOutside(md);
      showBraces(md);
    },
  },
  themeConfig: {
    search: { provider: 'local' },
    sidebar: sidebar(),
  },
});

/** Links out of docs/ lead to the repository. VitePress takes all others for pages, and fails where there is none. */
function linkOutside(md) {
  md.core.ruler.after('inline', 'link-outside', ({ tokens, env }) => {
    const depth = (env.relativePath ?? '').split('/').length - 1;
    for (const { children } of tokens) relink(children ?? [], depth);
  });
}

function relink(tokens, depth) {
  let outside = false;
  for (const token of tokens) {
    const href = token.attrGet?.('href') ?? '';
    if (token.type === 'link_open') outside = leavesDocs(href, depth);
    if (!outside && token.type === 'link_open') token.attrSet('href', folderPage(href));
    if (!outside || !token.type.startsWith('link_')) continue;
    if (REPOSITORY === undefined) Object.assign(token, { type: 'text', tag: '', nesting: 0, content: '', attrs: null });
    else if (token.type === 'link_open') token.attrSet('href', `${REPOSITORY}/blob/main/${href.replace(/^(?:\.\.\/)+/, '')}`);
  }
}

function leavesDocs(href, depth) {
  const steps = /^(?:\.\.\/)+/.exec(href)?.[0].length ?? 0;
  return steps / 3 > depth;
}

/** Two braces in a page are two braces, and nothing for Vue to fill in. */
function showBraces(md) {
  for (const rule of ['text', 'code_inline', 'html_inline', 'html_block']) {
    const render = md.renderer.rules[rule];
    md.renderer.rules[rule] = (...given) => render(...given).replaceAll('{{', '&#123;&#123;');
  }
}
